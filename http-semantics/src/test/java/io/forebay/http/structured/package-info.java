/// Tests of structured field values, by section of RFC 9651.
@NullMarked
package io.forebay.http.structured;

import org.jspecify.annotations.NullMarked;
