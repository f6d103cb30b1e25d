/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.mm4j.linux.Availability;
import org.mm4j.linux.LinuxFeature;
import org.mm4j.linux.LinuxMemory;
import org.mm4j.linux.LinuxProbe;
import org.mm4j.testkit.RunningKernel;

/** A running executor with one lane; skips, with the reason, where there can be none. */
@Tag("kernel")
abstract class ExecutorFixture {
  static final long PAGE = 4096;
  static final long AT = 0x1_0000_0000L;

  static final long NR_READ = 0;
  static final long NR_WRITE = 1;
  static final long NR_CLOSE = 3;
  static final long NR_LSEEK = 8;
  static final long NR_MMAP = 9;
  static final long NR_MPROTECT = 10;
  static final long NR_MUNMAP = 11;
  static final long NR_IOCTL = 16;
  static final long NR_MADVISE = 28;
  static final long NR_GETPID = 39;
  static final long NR_FTRUNCATE = 77;
  static final long NR_GETTID = 186;
  static final long NR_PIPE2 = 293;
  static final long NR_MEMFD_CREATE = 319;
  static final long NR_USERFAULTFD = 323;

  static final long READ_WRITE = 3;
  static final long PRIVATE_ANONYMOUS = 0x22;
  static final long PRIVATE_ANONYMOUS_FIXED = 0x32;
  static final long SHARED_FIXED = 0x11;

  NativeExecutor executor;
  Lane lane;

  @BeforeEach
  final void startExecutor() throws IOException {
    requireExecutor();
    executor = NativeExecutor.start();
    lane = executor.root().newLane();
  }

  @AfterEach
  final void closeExecutor() {
    if (executor != null) {
      executor.close();
    }
  }

  static void requireExecutor() {
    RunningKernel.require(
        NativeExecutor.probe() instanceof Availability.Available,
        () -> NativeExecutor.probe().toString());
  }

  /** Skips a test that needs more than an executor. */
  static void require(LinuxFeature... features) {
    LinuxProbe probe = LinuxMemory.probe();
    for (LinuxFeature feature : features) {
      RunningKernel.require(probe.has(feature), () -> probe.explain(feature));
    }
  }

  /** The value of a call that must not be refused. */
  static long value(RawResult result) {
    RawResult.Returned returned = assertInstanceOf(RawResult.Returned.class, result);
    assertTrue(!returned.isRefused(), result::toString);
    return returned.value();
  }

  static RawResult.Signalled signal(RawResult result) {
    return assertInstanceOf(RawResult.Signalled.class, result);
  }

  static int errno(RawResult result) {
    return assertInstanceOf(RawResult.Returned.class, result).errno();
  }

  /** Maps private anonymous memory at a fixed address. */
  static void map(Lane lane, long address, long lengthBytes) {
    value(lane.call(NR_MMAP, address, lengthBytes, READ_WRITE, PRIVATE_ANONYMOUS_FIXED, -1, 0));
  }
}
