@NullMarked
package io.forebay.backends.memcached;

import org.jspecify.annotations.NullMarked;
