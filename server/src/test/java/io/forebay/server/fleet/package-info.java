@NullMarked
package io.forebay.server.fleet;

import org.jspecify.annotations.NullMarked;
