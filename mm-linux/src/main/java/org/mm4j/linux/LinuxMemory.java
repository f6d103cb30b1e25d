/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.mm4j.Capabilities;
import org.mm4j.Errno;
import org.mm4j.HugePages;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFile;
import org.mm4j.MemoryFileFlag;
import org.mm4j.MemoryStatistics;
import org.mm4j.MemorySystem;
import org.mm4j.Pages;
import org.mm4j.linux.ffm.Architecture;
import org.mm4j.linux.ffm.SystemCall;
import org.mm4j.linux.ffm.SystemCalls;

/**
 * The running kernel as a {@link MemorySystem}. Thread-safe.
 *
 * <pre>{@code
 * LinuxProbe probe = LinuxMemory.probe();
 * if (!probe.canOpen()) {
 *   System.err.println(probe);
 * }
 * try (LinuxMemory memory = LinuxMemory.open();
 *     LinuxAddressSpace space = memory.newAddressSpace()) {
 *   ...
 * }
 * }</pre>
 *
 * <p>There is one address space, this process's own ({@link
 * org.mm4j.Capabilities.AddressSpaces#SELF_ONLY}); each {@link #newAddressSpace()} is another scope
 * over memory in it.
 */
public final class LinuxMemory implements MemorySystem {
  /** What {@link #open()} cannot do without. */
  static final Set<LinuxFeature> NEEDED =
      Collections.unmodifiableSet(
          EnumSet.of(
              LinuxFeature.NATIVE_ACCESS,
              LinuxFeature.KERNEL,
              LinuxFeature.MEMORY_FILES,
              LinuxFeature.SAFE_ACCESS));

  private static final int LONGEST_NAME_BYTES = 249;

  private final SystemCalls calls;
  private final LinuxProbe probe;
  private final ThpSettings settings = ThpSettings.running();

  // Guarded by this.
  private final Set<LinuxAddressSpace> spaces = new HashSet<>();
  private boolean closed;

  private LinuxMemory(SystemCalls calls, LinuxProbe probe) {
    this.calls = calls;
    this.probe = probe;
  }

  /** Says what this machine has. Never throws, on whatever machine. */
  public static LinuxProbe probe() {
    return FeatureProbe.of(Platform.RUNNING);
  }

  /**
   * Opens the running kernel.
   *
   * @throws IllegalStateException if this machine lacks what is needed; the message names the
   *     reason and the remedy
   */
  public static LinuxMemory open() {
    return open(Platform.RUNNING);
  }

  static LinuxMemory open(Platform platform) {
    LinuxProbe probe = FeatureProbe.of(platform);
    for (LinuxFeature feature : NEEDED) {
      if (!probe.has(feature)) {
        throw new IllegalStateException(
            "the running kernel cannot be used: " + probe.explain(feature));
      }
    }
    Architecture architecture = Architecture.named(platform.architecture()).orElseThrow();
    return new LinuxMemory(platform.systemCalls(architecture), probe);
  }

  /** The system calls, for tests. */
  SystemCalls calls() {
    return calls;
  }

  /** Returns what the machine had when it was opened. */
  public LinuxProbe features() {
    return probe;
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(
        Capabilities.AddressSpaces.SELF_ONLY,
        probe.has(LinuxFeature.USERFAULTFD),
        probe.has(LinuxFeature.COLLAPSE),
        probe.hugePageBytes());
  }

  /** Creates a scope over memory of this process. Closing the system closes it. */
  @Override
  public synchronized LinuxAddressSpace newAddressSpace() {
    requireOpen();
    LinuxAddressSpace space = new LinuxAddressSpace(calls, probe.hugePageBytes(), this::forget);
    spaces.add(space);
    return space;
  }

  /**
   * Takes a copy of a userfaultfd of another process, to handle its faults here ({@code
   * pidfd_getfd}). The other process has done the handshake and registers its ranges; here messages
   * are read and pages filled, from memory of this process. The other process keeps its descriptor
   * open but does not read it.
   *
   * @param process the other process
   * @param descriptor {@link LinuxUserfaultfd#descriptorNumber()} there
   * @return closed by the caller
   * @throws IllegalArgumentException if it is this process: its userfaultfds know what they watch,
   *     a copy does not
   * @throws MemoryException ESRCH if there is no such process; EPERM if it may not be traced; EBADF
   *     if it has no such descriptor
   */
  public LinuxUserfaultfd userfaultfdOf(long process, int descriptor) {
    synchronized (this) {
      requireOpen();
    }
    if (process == ProcessHandle.current().pid()) {
      throw new IllegalArgumentException("process " + process + " is this one");
    }
    long handle = calls.call(SystemCall.PIDFD_OPEN, process, 0, 0);
    Refusal.check(handle, "pidfd_open", process);
    long copy = calls.call(SystemCall.PIDFD_GETFD, handle, descriptor, 0);
    calls.call(SystemCall.CLOSE, handle, 0, 0);
    Refusal.check(copy, "pidfd_getfd", descriptor);
    return LinuxUserfaultfd.foreign(calls, (int) copy, 0);
  }

  private synchronized void forget(LinuxAddressSpace space) {
    spaces.remove(space);
  }

  /**
   * {@inheritDoc}
   *
   * <p>It belongs to the caller; closing the system does not close it.
   */
  @Override
  public MemoryFile createMemoryFile(String name, Set<MemoryFileFlag> flags) {
    synchronized (this) {
      requireOpen();
    }
    if (name.indexOf('\0') >= 0) {
      throw new MemoryException(
          Errno.EINVAL, "memfd_create", name.length(), "the name contains a zero");
    }
    if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME_BYTES) {
      throw new MemoryException(
          Errno.EINVAL, "memfd_create", name.length(), "the name is too long");
    }
    return MemfdFile.create(calls, name, flags);
  }

  /**
   * Returns the machine's own huge pages. Settings are the machine's: prefer {@link
   * #hugePageSettings()}, which puts them back.
   *
   * @throws MemoryException ENOSYS if the kernel has none
   */
  @Override
  public HugePages hugePages() {
    settings.read(ThpSettings.Setting.ENABLED);
    return new LinuxHugePages(settings, probe.kernelRelease());
  }

  /** Returns the machine's settings of huge pages, to be read or changed for a while. */
  public ThpSettings hugePageSettings() {
    return settings;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Frames are the machine's ({@code /proc/meminfo}), faults this process's; what a real kernel
   * does not tell is 0.
   */
  @Override
  public MemoryStatistics statistics() {
    try {
      Map<String, Long> amounts = new HashMap<>();
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        String[] words = line.split("[: ]+", -1);
        amounts.put(words[0], Long.parseLong(words[1]) << 10);
      }
      String stat = Files.readString(Path.of("/proc/self/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      long total = amounts.getOrDefault("MemTotal", 0L);
      long free = amounts.getOrDefault("MemFree", 0L);
      long faults = Long.parseLong(fields[7]) + Long.parseLong(fields[9]);
      return new MemoryStatistics(
          total >>> Pages.SHIFT, free >>> Pages.SHIFT, total - free, 0, faults, 0, 0, 0);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read /proc", e);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the memory system is closed");
    }
  }

  @Override
  public void close() {
    Set<LinuxAddressSpace> open;
    synchronized (this) {
      closed = true;
      open = Set.copyOf(spaces);
    }
    open.forEach(LinuxAddressSpace::close);
  }
}
