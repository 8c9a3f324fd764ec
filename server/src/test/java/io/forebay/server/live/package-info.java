@NullMarked
package io.forebay.server.live;

import org.jspecify.annotations.NullMarked;
