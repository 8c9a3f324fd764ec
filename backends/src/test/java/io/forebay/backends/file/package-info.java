@NullMarked
package io.forebay.backends.file;

import org.jspecify.annotations.NullMarked;
