package io.forebay.server.demo;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;

/// A shop of [#PRODUCTS] products, as slow as a page that asks a database: every page takes
/// [#RENDER_MILLIS] to render. It says with ordinary fields how long its pages may be cached, and
/// tags them.
///
/// | page | lifetime | tags |
/// |---|---|---|
/// | `/` | 4 s, then stale for 10 s while it is refreshed | `home` |
/// | `/categories/{name}` | 3 s | the category's |
/// | `/products/{n}` | 60 s; `PUT` changes the price | `product-{n}` and its category's |
/// | `/style.css` | 1 h, varies by encoding | `assets` |
/// | `/cart` | private | |
final class DemoShop {

  static final int PRODUCTS = 120;
  static final int RENDER_MILLIS = 40;
  static final List<String> CATEGORIES = List.of("boats", "ropes", "sails", "lamps");

  private final Vertx vertx;
  private final AtomicIntegerArray priceCents = new AtomicIntegerArray(PRODUCTS + 1);
  private final LongAdder rendered = new LongAdder();

  DemoShop(Vertx vertx) {
    this.vertx = vertx;
    for (int product = 1; product <= PRODUCTS; product++) {
      priceCents.set(product, 500 + product * 175);
    }
  }

  /// Opens the shop on a free port of the loopback address.
  Future<HttpServer> open() {
    return vertx.createHttpServer().requestHandler(this::serve).listen(0, "127.0.0.1");
  }

  /// How many pages the shop itself had to render.
  long rendered() {
    return rendered.sum();
  }

  private void serve(HttpServerRequest request) {
    rendered.increment();
    vertx.setTimer(RENDER_MILLIS, _ -> render(request));
  }

  private void render(HttpServerRequest request) {
    String path = String.valueOf(request.path());
    HttpServerResponse response = request.response();
    if (path.equals("/")) {
      page(response, "max-age=4, stale-while-revalidate=10", "home", "The Forebay shop", home());
    } else if (path.equals("/cart")) {
      page(
          response,
          "private, no-store",
          "",
          "Your cart",
          "<p>Empty, and nobody else's business.</p>");
    } else if (path.equals("/style.css")) {
      response
          .putHeader("Content-Type", "text/css")
          .putHeader("Cache-Control", "max-age=3600")
          .putHeader("Cache-Tag", "assets")
          .putHeader("Vary", "Accept-Encoding")
          .end("body{font-family:sans-serif;max-width:40em;margin:2em auto}");
    } else if (path.startsWith("/categories/")) {
      category(response, path.substring("/categories/".length()));
    } else if (path.startsWith("/products/")) {
      product(request, path.substring("/products/".length()));
    } else {
      notFound(response);
    }
  }

  private void category(HttpServerResponse response, String name) {
    int index = CATEGORIES.indexOf(name);
    if (index < 0) {
      notFound(response);
      return;
    }
    StringBuilder list = new StringBuilder("<ul>");
    for (int product = 1; product <= PRODUCTS; product++) {
      if (product % CATEGORIES.size() == index) {
        list.append("<li><a href=/products/").append(product).append(">Product ");
        list.append(product).append("</a>, ").append(price(product));
      }
    }
    page(response, "max-age=3", name, "All our " + name, list + "</ul>");
  }

  private void product(HttpServerRequest request, String number) {
    int product = number.matches("\\d{1,4}") ? Integer.parseInt(number) : 0;
    if (product < 1 || product > PRODUCTS) {
      notFound(request.response());
      return;
    }
    if (request.method().equals(HttpMethod.PUT)) {
      priceCents.addAndGet(product, 100);
      request.response().setStatusCode(204).end();
      return;
    }
    String category = categoryOf(product);
    page(
        request.response(),
        "max-age=60",
        "product-" + product + "," + category,
        "Product " + product,
        "<p>One of our <a href=/categories/%s>%s</a>, for %s.</p>"
            .formatted(category, category, price(product)));
  }

  static String categoryOf(int product) {
    return CATEGORIES.get(product % CATEGORIES.size());
  }

  private String price(int product) {
    int cents = priceCents.get(product);
    return "€ %d.%02d".formatted(cents / 100, cents % 100);
  }

  private static String home() {
    StringBuilder links = new StringBuilder("<ul>");
    for (String category : CATEGORIES) {
      links.append("<li><a href=/categories/%s>%s</a>".formatted(category, category));
    }
    return links + "<li><a href=/cart>your cart</a></ul>";
  }

  private static void page(
      HttpServerResponse response, String cacheControl, String tags, String title, String content) {
    response
        .putHeader("Content-Type", "text/html; charset=utf-8")
        .putHeader("Cache-Control", cacheControl);
    if (!tags.isEmpty()) {
      response.putHeader("Cache-Tag", tags);
    }
    response.end(
        """
        <!doctype html><html lang=en><meta charset=utf-8><title>%s</title>
        <link rel=stylesheet href=/style.css><h1>%s</h1>
        %s
        <p><a href=/>home</a></p></html>
        """
            .formatted(title, title, content));
  }

  private static void notFound(HttpServerResponse response) {
    response.setStatusCode(404).putHeader("Cache-Control", "max-age=2").end("no such page\n");
  }
}
