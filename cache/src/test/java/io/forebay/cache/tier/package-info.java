@NullMarked
package io.forebay.cache.tier;

import org.jspecify.annotations.NullMarked;
