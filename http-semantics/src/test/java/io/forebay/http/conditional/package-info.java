/// Tests of conditions and ranges, as tables by section of RFC 9110.
@NullMarked
package io.forebay.http.conditional;

import org.jspecify.annotations.NullMarked;
