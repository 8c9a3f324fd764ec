@org.jspecify.annotations.NullMarked
package io.forebay.server.reload;
