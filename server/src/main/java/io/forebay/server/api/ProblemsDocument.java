package io.forebay.server.api;

/// Writes `docs/problems.md` from the declarations; a test holds the file against it.
public final class ProblemsDocument {

  private ProblemsDocument() {}

  public static String markdown() {
    var page =
        new StringBuilder(
            """
            # Problems

            <!-- Made by `./forebay config docs problems > docs/problems.md`; a test compares. -->

            What the API answers when it cannot do what was asked: a problem document (RFC 9457,
            `application/problem+json`) with `type` (`urn:forebay:problem:<code>`), `title`, `status` and `detail`, and
            where it helps `field` (which part of the request) and `expected` (what would be right). Whatever is
            answered with a problem has changed nothing, but for those whose names begin with `invalidation-` (they come
            with a `receipt`) or `import-` (with counts), which say how far it got.

            | code | status | when |
            |---|---|---|
            """);
    for (ProblemType type : ProblemType.values()) {
      page.append("| `")
          .append(type.code())
          .append("` | ")
          .append(type.status())
          .append(" | ")
          .append(type.sentence())
          .append(" |\n");
    }
    return page.toString();
  }
}
