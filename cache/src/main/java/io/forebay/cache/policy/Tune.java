package io.forebay.cache.policy;

final class Tune {
  static double d(String name, double value) {
    String v = System.getProperty(name);
    return v == null ? value : Double.parseDouble(v);
  }

  static int i(String name, int value) {
    return (int) d(name, value);
  }
}
