/// Tests of the audit, on a real SQLite and a real PostgreSQL.
@org.jspecify.annotations.NullMarked
package io.forebay.server.audit;
