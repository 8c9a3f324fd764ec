/// **Role.** Understands the orders to purge that applications and content systems already send:
/// Fastly's, Cloudflare's, Varnish's `PURGE` and `BAN`, Magento's.
///
/// **Goals.** Pure functions from a request to a list of [PurgeOrder]s, or to a refusal that names
/// the field. A tag is matched exactly, whatever syntax named it: a regular expression for a tag is
/// either one of the known ways to write exact tags, or refused. Over URLs, an expression that is
/// understood only roughly covers more, never less.
///
/// **Non-goals.** Who may purge, and carrying orders out.
///
/// **Start reading** at [PurgeReader].
@NullMarked
package io.forebay.server.purge;

import org.jspecify.annotations.NullMarked;
