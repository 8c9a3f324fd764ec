@NullMarked
package io.forebay.backends.redis;

import org.jspecify.annotations.NullMarked;
