/// Tests of messages, fields and dates, as tables by section of RFC 9110.
@NullMarked
package io.forebay.http;

import org.jspecify.annotations.NullMarked;
