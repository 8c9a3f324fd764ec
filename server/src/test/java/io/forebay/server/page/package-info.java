@NullMarked
package io.forebay.server.page;

import org.jspecify.annotations.NullMarked;
