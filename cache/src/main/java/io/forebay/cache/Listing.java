package io.forebay.cache;

import java.util.List;
import java.util.Optional;

/// One page of a listing.
///
/// @param entries in key order; facts only, no values are held
/// @param next the `after` of the following page; empty if this is the last
public record Listing<K>(List<EntryFacts<K>> entries, Optional<K> next) {}
