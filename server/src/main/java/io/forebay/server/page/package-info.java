/// **Role.** The page that the API's listener serves to browsers at `/`: what is cached, for how
/// long still, and how it is doing.
///
/// **Goals.** No build step: what is in the resources is what is served. It stands on `/v1` alone.
///
/// **Non-goals.** Charts, jobs and settings: the dashboard's.
///
/// **Start reading** at [PageRoutes], then `index.html` and `page.js` among the resources.
@NullMarked
package io.forebay.server.page;

import org.jspecify.annotations.NullMarked;
