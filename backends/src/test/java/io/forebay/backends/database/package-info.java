@NullMarked
package io.forebay.backends.database;

import org.jspecify.annotations.NullMarked;
