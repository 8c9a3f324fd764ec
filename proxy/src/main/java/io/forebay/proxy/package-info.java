/// One HTTP exchange from listener to delivery.
@NullMarked
package io.forebay.proxy;

import org.jspecify.annotations.NullMarked;
