@NullMarked
package io.forebay.backends.packing;

import org.jspecify.annotations.NullMarked;
