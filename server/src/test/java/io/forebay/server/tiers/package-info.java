@NullMarked
package io.forebay.server.tiers;

import org.jspecify.annotations.NullMarked;
