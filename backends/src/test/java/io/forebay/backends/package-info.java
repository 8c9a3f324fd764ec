@NullMarked
package io.forebay.backends;

import org.jspecify.annotations.NullMarked;
