package io.forebay.benchmarks.hitratio;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/// The processor time of this thread: unlike the clock's, nearly the same on a busy machine.
final class ProcessorTime {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private ProcessorTime() {}

  static long nanos() {
    return THREADS.getCurrentThreadCpuTime();
  }
}
