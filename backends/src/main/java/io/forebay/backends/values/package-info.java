/// **Role.** How values look as bytes, in every backend that has no form of its own for them.
///
/// **Start reading** at [ValueBytes].
@NullMarked
package io.forebay.backends.values;

import org.jspecify.annotations.NullMarked;
