/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.Pages;
import org.mm4j.UffdFeature;
import org.mm4j.linux.ffm.Architecture;
import org.mm4j.linux.ffm.Ioctl;
import org.mm4j.linux.ffm.SystemCall;
import org.mm4j.linux.ffm.SystemCalls;

/** Tries every feature once. Whatever happens is an answer, never an exception. */
final class FeatureProbe {
  private static final String THP = "/sys/kernel/mm/transparent_hugepage/";
  private static final long AT_PAGESZ = 6;
  private static final int AT_FDCWD = -100;
  private static final int O_CLOEXEC = 0x8_0000;
  private static final long DEFAULT_HUGE_PAGE_BYTES = 2 << 20;
  private static final Availability AVAILABLE = new Availability.Available();

  private final Platform platform;
  private final Map<LinuxFeature, Availability> features = new EnumMap<>(LinuxFeature.class);
  private final Set<UffdFeature> userfaultfdFeatures = EnumSet.noneOf(UffdFeature.class);
  private String kernelRelease = "";
  private long hugePageBytes = DEFAULT_HUGE_PAGE_BYTES;
  private @Nullable SystemCalls calls;

  private FeatureProbe(Platform platform) {
    this.platform = platform;
  }

  static LinuxProbe of(Platform platform) {
    return new FeatureProbe(platform).run();
  }

  private LinuxProbe run() {
    probe(LinuxFeature.KERNEL, this::kernel);
    if (is(LinuxFeature.KERNEL)) {
      kernelRelease = text("/proc/sys/kernel/osrelease").orElse("unknown");
      hugePageBytes =
          text(THP + "hpage_pmd_size").map(Long::parseLong).orElse(DEFAULT_HUGE_PAGE_BYTES);
      probe(LinuxFeature.NATIVE_ACCESS, this::nativeAccess);
    }
    SystemCalls bound = calls;
    if (bound != null) {
      probe(LinuxFeature.MEMORY_FILES, () -> memoryFiles(bound));
      probe(LinuxFeature.SAFE_ACCESS, () -> safeAccess(bound));
      probe(LinuxFeature.USERFAULTFD, () -> userfaultfd(bound));
      probe(LinuxFeature.HUGE_PAGES, this::hugePages);
      probe(LinuxFeature.COLLAPSE, () -> collapse(bound));
      probe(LinuxFeature.MEMORY_FILE_COLLAPSE, this::memoryFileCollapse);
      probe(LinuxFeature.HUGE_PAGE_SETTINGS, this::settings);
      probe(LinuxFeature.PAGEMAP, () -> readable(bound, "/proc/self/pagemap"));
      probe(LinuxFeature.SMAPS, () -> readable(bound, "/proc/self/smaps"));
    }
    LinuxFeature lacking =
        is(LinuxFeature.KERNEL) ? LinuxFeature.NATIVE_ACCESS : LinuxFeature.KERNEL;
    for (LinuxFeature feature : LinuxFeature.values()) {
      features.putIfAbsent(feature, missing("needs " + lacking, "see " + lacking));
    }
    return new LinuxProbe(kernelRelease, features, userfaultfdFeatures, hugePageBytes);
  }

  private void probe(LinuxFeature feature, Supplier<Availability> attempt) {
    Availability answer;
    try {
      answer = attempt.get();
    } catch (RuntimeException | LinkageError e) {
      answer = missing("probing failed: " + e, "none known");
    }
    features.put(feature, answer);
  }

  private boolean is(LinuxFeature feature) {
    return features.get(feature) instanceof Availability.Available;
  }

  private static Availability missing(String reason, String remedy) {
    return new Availability.Missing(reason, remedy);
  }

  private Availability kernel() {
    if (!platform.operatingSystem().equals("Linux")) {
      return missing(
          "the operating system is " + platform.operatingSystem(),
          "run on Linux, or use MemorySystem.simulated()");
    }
    if (Architecture.named(platform.architecture()).isEmpty()) {
      return missing(
          "the architecture is " + platform.architecture(),
          "run on x86-64 or aarch64, or use MemorySystem.simulated()");
    }
    long pageBytes = pageBytes();
    if (pageBytes != Pages.SIZE_BYTES) {
      return missing(
          "the kernel's pages have " + pageBytes + " bytes", "run a kernel with pages of 4 KiB");
    }
    return AVAILABLE;
  }

  /** Looks into the auxiliary vector; assumes 4 KiB where it cannot be read. */
  private long pageBytes() {
    try {
      ByteBuffer vector =
          ByteBuffer.wrap(platform.read("/proc/self/auxv")).order(ByteOrder.nativeOrder());
      while (vector.remaining() >= 2 * Long.BYTES) {
        long type = vector.getLong();
        long value = vector.getLong();
        if (type == AT_PAGESZ) {
          return value;
        }
      }
    } catch (IOException e) {
      return Pages.SIZE_BYTES;
    }
    return Pages.SIZE_BYTES;
  }

  private Availability nativeAccess() {
    String remedy =
        "start Java with --enable-native-access=org.mm4j.linux (on the class path: ALL-UNNAMED)";
    if (!platform.nativeAccessEnabled()) {
      return missing("Java does not permit this module to call native code", remedy);
    }
    try {
      Architecture architecture = Architecture.named(platform.architecture()).orElseThrow();
      calls = platform.systemCalls(architecture);
      return AVAILABLE;
    } catch (IllegalCallerException e) {
      return missing("Java refuses native calls: " + e.getMessage(), remedy);
    }
  }

  private Availability memoryFiles(SystemCalls bound) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom("mm4j-probe");
      return opened(
          bound, bound.call(SystemCall.MEMFD_CREATE, name.address(), 1, 0), "memfd_create");
    }
  }

  private Availability safeAccess(SystemCalls bound) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment from = arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte) 42);
      MemorySegment to = arena.allocate(1);
      long result = new KernelCopy(bound).read(from.address(), to);
      if (result == 1 && to.get(ValueLayout.JAVA_BYTE, 0) == 42) {
        return AVAILABLE;
      }
      return refused("process_vm_readv", result);
    }
  }

  private Availability userfaultfd(SystemCalls bound) {
    long number = LinuxUserfaultfd.open(bound, false);
    if (number < 0) {
      return Refusal.is(number, Errno.EPERM) && !isFiltered()
          ? missing(
              "userfaultfd is not permitted: no CAP_SYS_PTRACE, vm.unprivileged_userfaultfd is "
                  + text("/proc/sys/vm/unprivileged_userfaultfd").orElse("absent")
                  + ", and /dev/userfaultfd cannot be opened",
              "run with CAP_SYS_PTRACE, or set vm.unprivileged_userfaultfd=1, or grant access to"
                  + " /dev/userfaultfd")
          : refused("userfaultfd", number);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment words = arena.allocate(ValueLayout.JAVA_LONG, Ioctl.API.words());
      words.setAtIndex(ValueLayout.JAVA_LONG, 0, Ioctl.VERSION);
      long result = bound.call(SystemCall.IOCTL, number, Ioctl.API.request(), words.address());
      if (result < 0) {
        return refused("UFFDIO_API", result);
      }
      for (UffdFeature feature : UffdFeature.values()) {
        if ((words.getAtIndex(ValueLayout.JAVA_LONG, 1) & feature.bit()) != 0) {
          userfaultfdFeatures.add(feature);
        }
      }
      return AVAILABLE;
    } finally {
      bound.call(SystemCall.CLOSE, number, 0, 0);
    }
  }

  private Availability hugePages() {
    return switch (choice("enabled")) {
      case "" -> missing("the kernel is built without transparent huge pages", "another kernel");
      case "never" ->
          missing(THP + "enabled is never", "as root: echo madvise > " + THP + "enabled");
      default -> AVAILABLE;
    };
  }

  /** With a length of 0 the kernel looks at the number of the advice and at nothing else. */
  private Availability collapse(SystemCalls bound) {
    long result = bound.call(SystemCall.MADVISE, 0, 0, Advice.COLLAPSE.number());
    return Refusal.is(result, Errno.EINVAL)
        ? missing(
            "the kernel does not know MADV_COLLAPSE",
            "run Linux 6.1 or newer with transparent huge pages")
        : result < 0 ? refused("madvise", result) : AVAILABLE;
  }

  private Availability memoryFileCollapse() {
    if (!is(LinuxFeature.COLLAPSE)) {
      return missing("needs COLLAPSE", "see COLLAPSE");
    }
    String size = "hugepages-" + (hugePageBytes >>> 10) + "kB/";
    return switch (choice("shmem_enabled")) {
      case "" -> missing("the kernel has no huge pages for memory files", "another kernel");
      case "deny" ->
          missing(THP + "shmem_enabled is deny", "as root: echo never > " + THP + "shmem_enabled");
      default ->
          choice(size + "shmem_enabled").equals("never")
              ? missing(
                  THP + size + "shmem_enabled is never",
                  "as root: echo inherit > " + THP + size + "shmem_enabled")
              : AVAILABLE;
    };
  }

  private Availability settings() {
    return platform.isWritable(THP + "enabled")
        ? AVAILABLE
        : missing(THP + "enabled cannot be written", "run as root, outside a container");
  }

  private Availability readable(SystemCalls bound, String path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(path);
      return opened(
          bound, bound.call(SystemCall.OPENAT, AT_FDCWD, text.address(), O_CLOEXEC, 0, 0, 0), path);
    }
  }

  private Availability opened(SystemCalls bound, long number, String what) {
    if (number < 0) {
      return refused(what, number);
    }
    bound.call(SystemCall.CLOSE, number, 0, 0);
    return AVAILABLE;
  }

  private Availability refused(String what, long result) {
    Optional<Errno> errno = Refusal.errno(result);
    String reason = what + " answers " + errno.map(Errno::name).orElse("errno " + -result);
    if (isFiltered() && (Refusal.is(result, Errno.EPERM) || Refusal.is(result, Errno.ENOSYS))) {
      return missing(
          reason + ", and this process runs under a seccomp filter",
          "let the container's seccomp profile admit it");
    }
    return errno.equals(Optional.of(Errno.ENOSYS))
        ? missing(reason, "run a kernel that is built with it")
        : missing(reason, "check the privileges of this process");
  }

  private boolean isFiltered() {
    return text("/proc/self/status")
        .map(status -> status.lines().anyMatch(line -> line.matches("Seccomp:\\s*[12]")))
        .orElse(false);
  }

  private String choice(String setting) {
    return text(THP + setting).map(ThpSettings::active).orElse("");
  }

  private Optional<String> text(String path) {
    try {
      return Optional.of(new String(platform.read(path), StandardCharsets.UTF_8).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
