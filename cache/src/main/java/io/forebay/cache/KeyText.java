package io.forebay.cache;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How keys are named in an invalidation.
///
/// @param of the text of a key; different keys have different texts
/// @param parse the key of a text, empty if no key has it; null if texts cannot be turned into
///   keys, and then an invalidation by key looks through the table
/// @param subject what prefixes, patterns and hosts look at
record KeyText<K>(
    Function<K, String> of,
    @Nullable Function<String, Optional<K>> parse,
    Function<K, String> subject) {}
