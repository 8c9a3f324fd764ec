/// **Role.** Every setting of the server: declared once, read from a file, the environment and
/// flags, checked, and handed on as immutable records.
///
/// **Goals.** A wrong or unknown setting refuses to start, names the setting, where it was written
/// and what was expected; the documentation is made from the declarations.
///
/// **Non-goals.** Nothing is changed at run time here; no other package reads the environment.
///
/// **Start reading** at [Settings] (the declarations), then [SettingsReader] (how the layers are
/// put together), then [ServerSettings] (what the rest of the server sees).
@NullMarked
package io.forebay.server.settings;

import org.jspecify.annotations.NullMarked;
