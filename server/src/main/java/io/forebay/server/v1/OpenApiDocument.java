package io.forebay.server.v1;

import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.Json;
import java.io.IOException;
import java.io.InputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The OpenAPI description, `openapi.yaml` beside this class.
final class OpenApiDocument {

  private OpenApiDocument() {}

  static byte[] yaml() {
    try (InputStream stream = OpenApiDocument.class.getResourceAsStream("openapi.yaml")) {
      if (stream == null) {
        throw new IllegalStateException("the build lacks openapi.yaml");
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException("openapi.yaml cannot be read", e);
    }
  }

  static JsonNode tree() {
    return new YAMLMapper().readTree(yaml());
  }

  static ApiResponse answerYaml(ApiRequest request) {
    return ApiResponse.bytes(200, "application/yaml", yaml());
  }

  static ApiResponse answerJson(ApiRequest request) {
    return ApiResponse.bytes(200, "application/json", Json.write(tree()));
  }
}
