package io.forebay.server.api;

/// Answers one kind of request. Called on a virtual thread: may wait. Refuses by [RequestRefused]
/// or by answering a problem; any other exception is a bug and answers 500.
@FunctionalInterface
public interface ApiEndpoint {

  ApiResponse answer(ApiRequest request);
}
