/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.mm4j.linux.ffm.Architecture;
import org.mm4j.linux.ffm.NativeSystemCalls;
import org.mm4j.linux.ffm.SystemCalls;

/** What the probe asks the machine. Tests put another machine behind it. */
interface Platform {
  /** The machine we run on. */
  Platform RUNNING = new RunningPlatform();

  /** Java's {@code os.name}. */
  String operatingSystem();

  /** Java's {@code os.arch}. */
  String architecture();

  /** Whether this module may call native code without a warning or an exception. */
  boolean nativeAccessEnabled();

  /** Binds the system calls. May throw whatever the linker throws. */
  SystemCalls systemCalls(Architecture architecture);

  /** Reads a file of {@code /proc} or {@code /sys}. */
  byte[] read(String path) throws IOException;

  /** Returns whether a file can be written. */
  boolean isWritable(String path);

  /** The machine we run on. */
  final class RunningPlatform implements Platform {
    private RunningPlatform() {}

    @Override
    public String operatingSystem() {
      return System.getProperty("os.name", "");
    }

    @Override
    public String architecture() {
      return System.getProperty("os.arch", "");
    }

    @Override
    public boolean nativeAccessEnabled() {
      return Platform.class.getModule().isNativeAccessEnabled();
    }

    @Override
    public SystemCalls systemCalls(Architecture architecture) {
      return new NativeSystemCalls(architecture);
    }

    @Override
    public byte[] read(String path) throws IOException {
      return Files.readAllBytes(Path.of(path));
    }

    @Override
    public boolean isWritable(String path) {
      return Files.isWritable(Path.of(path));
    }
  }
}
