/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file system of the kernel's trace. Where it is mounted it is used; where it is not, it is
 * mounted in a folder of our own, so that nobody's mounts change, and two runs have two.
 */
final class TracefsMount implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TracefsMount.class);
  private static final long NR_MOUNT = 165;
  private static final long NR_UMOUNT2 = 166;
  private static final long MNT_DETACH = 2;
  private static final Path FOLDER = Path.of("/run/mm4j");
  private static final String PREFIX = "tracing-";

  private final NativeCall calls;
  private final Path root;
  private final boolean isOurs;

  private TracefsMount(NativeCall calls, Path root, boolean isOurs) {
    this.calls = calls;
    this.root = root;
    this.isOurs = isOurs;
  }

  /**
   * Finds it or mounts it, after the mounts that killed runs have left were taken away.
   *
   * @throws IOException if the kernel has none, or refuses
   */
  static TracefsMount open(NativeCall calls) throws IOException {
    removeOrphans(calls);
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      if (line.contains(" - tracefs ") && !line.contains(" " + FOLDER)) {
        return new TracefsMount(calls, Path.of(line.split(" ", -1)[4]), false);
      }
    }
    Path folder = FOLDER.resolve(PREFIX + RunOwner.newName());
    Files.createDirectories(folder);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment type = arena.allocateFrom("tracefs");
      MemorySegment target = arena.allocateFrom(folder.toString());
      long result =
          calls.call(type, NR_MOUNT, type.address(), target.address(), type.address(), 0, 0);
      if (result < 0) {
        Files.delete(folder);
        throw new IOException("tracefs cannot be mounted: errno " + -result);
      }
    }
    return new TracefsMount(calls, folder, true);
  }

  private static void removeOrphans(NativeCall calls) throws IOException {
    if (!Files.isDirectory(FOLDER)) {
      return;
    }
    try (DirectoryStream<Path> mounts = Files.newDirectoryStream(FOLDER, PREFIX + "*")) {
      for (Path mount : mounts) {
        if (RunOwner.isOrphan(mount.getFileName().toString())) {
          removeOrphan(calls, mount);
        }
      }
    }
  }

  private static void removeOrphan(NativeCall calls, Path mount) {
    try {
      TraceInstance.removeOrphans(mount);
      unmount(calls, mount);
      LOG.warn("took away {}, which a killed run left", mount);
    } catch (IOException e) {
      LOG.info("{} of a killed run stays, unless another run takes it away now", mount, e);
    }
  }

  /** Also removes the folder. A folder on which nothing is mounted is only removed. */
  private static void unmount(NativeCall calls, Path folder) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = arena.allocateFrom(folder.toString());
      calls.call(target, NR_UMOUNT2, target.address(), MNT_DETACH, 0);
    }
    Files.deleteIfExists(folder);
  }

  /** Returns the folder in which the trace is. */
  Path root() {
    return root;
  }

  @Override
  public void close() throws IOException {
    if (isOurs) {
      unmount(calls, root);
    }
  }
}
