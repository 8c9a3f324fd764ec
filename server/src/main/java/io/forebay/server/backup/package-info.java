/// **Role.** Backup and restore of key-value entries: what a backup looks like, how it is made
/// while it is sent, and how it is carried out while it is read.
///
/// **Goals.** Neither side holds more than a window of it in memory. What was invalidated after the
/// backup does not come back, and no lifetime grows.
///
/// **Non-goals.** No pages: they are fetched again. No HTTP, no command line.
///
/// **Start reading** at [BackupLines], then [Exporter] and [Importer]; [Restorer] decides about one
/// entry.
@NullMarked
package io.forebay.server.backup;

import org.jspecify.annotations.NullMarked;
