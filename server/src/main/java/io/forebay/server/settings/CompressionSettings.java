package io.forebay.server.settings;

import io.forebay.proxy.coding.ContentCoder;
import java.util.List;

/// How stored pages of a route are compressed.
///
/// @param codings the best first; none turns it off
/// @param types of content, `*` for anything
public record CompressionSettings(
    List<ContentCoder> codings, List<String> types, ByteSize minBytes) {
  public CompressionSettings {
    codings = List.copyOf(codings);
    types = List.copyOf(types);
  }
}
