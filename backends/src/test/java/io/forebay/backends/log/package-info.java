@NullMarked
package io.forebay.backends.log;

import org.jspecify.annotations.NullMarked;
