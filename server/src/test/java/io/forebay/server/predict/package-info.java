@NullMarked
package io.forebay.server.predict;

import org.jspecify.annotations.NullMarked;
