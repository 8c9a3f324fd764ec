/// Settings, assembly, API and entry point.
@NullMarked
package io.forebay.server;

import org.jspecify.annotations.NullMarked;
