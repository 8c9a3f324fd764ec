@NullMarked
package io.forebay.proxy.pages;

import org.jspecify.annotations.NullMarked;
