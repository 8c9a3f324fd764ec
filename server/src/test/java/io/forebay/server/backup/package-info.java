@NullMarked
package io.forebay.server.backup;

import org.jspecify.annotations.NullMarked;
