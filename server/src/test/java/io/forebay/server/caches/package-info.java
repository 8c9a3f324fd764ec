@NullMarked
package io.forebay.server.caches;

import org.jspecify.annotations.NullMarked;
