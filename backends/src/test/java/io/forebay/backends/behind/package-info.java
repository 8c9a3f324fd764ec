@NullMarked
package io.forebay.backends.behind;

import org.jspecify.annotations.NullMarked;
