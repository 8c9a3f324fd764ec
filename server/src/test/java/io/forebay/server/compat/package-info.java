@NullMarked
package io.forebay.server.compat;

import org.jspecify.annotations.NullMarked;
