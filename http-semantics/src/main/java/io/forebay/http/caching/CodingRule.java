package io.forebay.http.caching;

import io.forebay.http.ContentCodings;
import io.forebay.http.EntityTag;
import io.forebay.http.FieldSyntax;
import io.forebay.http.Glob;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import java.util.List;
import java.util.Optional;

/// Which stored responses a cache serves in a content coding of its own making, and how (RFC 9110
/// §8.4, §12.5.3). Only what is stored whole, as the origin sent it, is coded; that one stays as it
/// is, byte for byte, for everybody who asks for no coding, or for a part.
///
/// @param codings names in lower case, the best first; empty turns it off
/// @param types of content, in lower case, without parameters: `text/*`
/// @param minBytes shorter content is not coded
public record CodingRule(List<String> codings, List<Glob> types, long minBytes) {

  public static final CodingRule OFF = new CodingRule(List.of(), List.of(), 0);

  /// They speak of the bytes that are sent, or of bytes that we could not compute again.
  private static final List<String> DIGESTS =
      List.of("Content-MD5", "Digest", "Content-Digest", "Repr-Digest", "Signature");

  public CodingRule {
    codings = List.copyOf(codings);
    types = List.copyOf(types);
  }

  /// Whether a response is one that is served in a coding when the client likes it; then all its
  /// answers say so in `Vary`.
  ///
  /// @param head with its `Content-Type`, as stored
  public boolean concerns(ResponseHead head) {
    if (codings.isEmpty() || head.status() != 200) {
      return false;
    }
    HttpFields fields = head.fields();
    String type =
        FieldSyntax.lowerCase(
            FieldSyntax.trimmed(fields.first("Content-Type").orElse("").split(";", 2)[0]));
    return types.stream().anyMatch(glob -> glob.matches(type))
        && FieldSyntax.listMembers(fields, "Content-Encoding").stream()
            .allMatch("identity"::equalsIgnoreCase)
        && DIGESTS.stream().noneMatch(fields::contains)
        && !CacheControl.of(fields).noTransform();
  }

  /// The coding in which a stored response that the rule [#concerns] is served; empty for as it is.
  ///
  /// @param request with its `Accept-Encoding`, as the client sent it
  public Optional<String> codingFor(RequestHead request, long contentLength) {
    boolean isAsIs =
        contentLength < minBytes
            || request.fields().contains("Range")
            || request.fields().contains("If-Range")
            // Strong comparison: they name the stored bytes.
            || request.fields().contains("If-Match")
            || CacheControl.of(request.fields()).noTransform();
    return isAsIs ? Optional.empty() : ContentCodings.preferred(request.fields(), codings);
  }

  /// The head of the response in a coding: other bytes, so its entity tag is a weak one (RFC 9110
  /// §8.8.1), which `If-None-Match` finds equal to the strong one.
  public static ResponseHead coded(ResponseHead head, String coding, long length) {
    HttpFields.Builder fields =
        head.fields().toBuilder()
            .set("Content-Encoding", coding)
            .set("Content-Length", Long.toString(length))
            .remove("Accept-Ranges");
    head.fields()
        .first("ETag")
        .flatMap(EntityTag::parse)
        .ifPresent(tag -> fields.set("ETag", new EntityTag(true, tag.opaque()).fieldValue()));
    return varying(head.withFields(fields.build()));
  }

  /// The head with `Accept-Encoding` in its `Vary`.
  public static ResponseHead varying(ResponseHead head) {
    List<String> members = FieldSyntax.listMembers(head.fields(), "Vary");
    boolean isSaid =
        members.stream()
            .anyMatch(name -> name.equals("*") || name.equalsIgnoreCase("Accept-Encoding"));
    return isSaid ? head : head.withFields(head.fields().with("Vary", "Accept-Encoding"));
  }
}
