/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mm4j.Errno;
import org.mm4j.linux.ffm.Architecture;
import org.mm4j.linux.ffm.SystemCall;
import org.mm4j.linux.ffm.SystemCalls;
import org.mm4j.testkit.RunningKernel;

/** The probe on machines we do not have. */
final class LinuxProbeTest {
  private static final String THP = "/sys/kernel/mm/transparent_hugepage/";

  /** A machine on which everything is there, until a test takes something away. */
  private static final class Machine implements Platform {
    String operatingSystem = "Linux";
    String architecture = "amd64";
    boolean nativeAccess = true;
    boolean writable = true;
    RuntimeException linker;
    final Map<SystemCall, Errno> refused = new EnumMap<>(SystemCall.class);
    final Map<String, String> files =
        new HashMap<>(
            Map.of(
                "/proc/sys/kernel/osrelease",
                "6.18.0\n",
                THP + "hpage_pmd_size",
                "2097152\n",
                THP + "enabled",
                "always [madvise] never\n",
                THP + "shmem_enabled",
                "always within_size advise [never] deny force\n",
                THP + "hugepages-2048kB/shmem_enabled",
                "always [inherit] advise never\n",
                "/proc/sys/vm/unprivileged_userfaultfd",
                "0\n",
                "/proc/self/status",
                "Seccomp:\t0\n"));
    long pageBytes = 4096;

    @Override
    public String operatingSystem() {
      return operatingSystem;
    }

    @Override
    public String architecture() {
      return architecture;
    }

    @Override
    public boolean nativeAccessEnabled() {
      return nativeAccess;
    }

    @Override
    public SystemCalls systemCalls(Architecture number) {
      if (linker != null) {
        throw linker;
      }
      return (keep, call, first, second, third, fourth, fifth, sixth) -> {
        Errno errno = refused.get(call);
        if (errno != null) {
          return -errno.number();
        }
        return switch (call) {
          case PROCESS_VM_READV -> copy(second, fourth);
          case MADVISE, CLOSE, IOCTL -> 0;
          default -> 5;
        };
      };
    }

    /** Does what the call would do, by Java. */
    @SuppressWarnings("restricted")
    private static long copy(long to, long from) {
      java.lang.foreign.MemorySegment all =
          java.lang.foreign.MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
      var word = java.lang.foreign.ValueLayout.JAVA_LONG;
      long length = all.get(word, to + 8);
      java.lang.foreign.MemorySegment.copy(
          all, all.get(word, from), all, all.get(word, to), length);
      return length;
    }

    @Override
    public byte[] read(String path) throws IOException {
      if (path.equals("/proc/self/auxv")) {
        return ByteBuffer.allocate(32)
            .order(ByteOrder.nativeOrder())
            .putLong(6)
            .putLong(pageBytes)
            .array();
      }
      String content = files.get(path);
      if (content == null) {
        throw new NoSuchFileException(path);
      }
      return content.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean isWritable(String path) {
      return writable;
    }
  }

  private static void assertMissing(
      Machine machine, LinuxFeature feature, String reason, String remedy) {
    LinuxProbe probe = FeatureProbe.of(machine);
    assertFalse(probe.has(feature));
    String explanation = probe.explain(feature);
    assertTrue(explanation.contains(reason), explanation);
    assertTrue(explanation.contains(remedy), explanation);
    assertTrue(probe.toString().contains(explanation));
    if (LinuxMemory.NEEDED.contains(feature)) {
      assertFalse(probe.canOpen());
      String message =
          assertThrows(IllegalStateException.class, () -> LinuxMemory.open(machine)).getMessage();
      assertTrue(message.startsWith("the running kernel cannot be used: "), message);
    }
  }

  @Test
  void aMachineWithEverything() {
    LinuxProbe probe = FeatureProbe.of(new Machine());
    for (LinuxFeature feature : LinuxFeature.values()) {
      assertTrue(probe.has(feature), probe::toString);
      assertEquals("", probe.explain(feature));
    }
    assertTrue(probe.canOpen());
    assertEquals("6.18.0", probe.kernelRelease());
    assertEquals(2 << 20, probe.hugePageBytes());
  }

  @Test
  void anotherOperatingSystem() {
    for (String name : new String[] {"Mac OS X", "Windows 11"}) {
      Machine machine = new Machine();
      machine.operatingSystem = name;
      machine.files.clear();
      machine.linker = new UnsupportedOperationException("must not be asked for");
      assertMissing(machine, LinuxFeature.KERNEL, name, "MemorySystem.simulated()");
      assertMissing(machine, LinuxFeature.USERFAULTFD, "needs KERNEL", "see KERNEL");
      assertEquals("", FeatureProbe.of(machine).kernelRelease());
    }
  }

  @Test
  void anotherArchitecture() {
    Machine machine = new Machine();
    machine.architecture = "riscv64";
    assertMissing(machine, LinuxFeature.KERNEL, "riscv64", "x86-64 or aarch64");
  }

  @Test
  void anotherPageSize() {
    Machine machine = new Machine();
    machine.architecture = "aarch64";
    machine.pageBytes = 65536;
    assertMissing(machine, LinuxFeature.KERNEL, "65536", "4 KiB");
  }

  @Test
  void nativeAccessNotEnabled() {
    Machine machine = new Machine();
    machine.nativeAccess = false;
    assertMissing(
        machine,
        LinuxFeature.NATIVE_ACCESS,
        "does not permit",
        "--enable-native-access=org.mm4j.linux");
    assertMissing(machine, LinuxFeature.MEMORY_FILES, "needs NATIVE_ACCESS", "see NATIVE_ACCESS");
  }

  @Test
  void nativeAccessDenied() {
    Machine machine = new Machine();
    machine.linker = new IllegalCallerException("Illegal native access");
    assertMissing(
        machine, LinuxFeature.NATIVE_ACCESS, "Illegal native access", "--enable-native-access");
  }

  @Test
  void aLibraryWithoutTheFunction() {
    Machine machine = new Machine();
    machine.linker = new UnsupportedOperationException("the C library has no syscall(2)");
    assertMissing(machine, LinuxFeature.NATIVE_ACCESS, "no syscall(2)", "none known");
  }

  @ParameterizedTest
  @EnumSource(
      value = Errno.class,
      names = {"EPERM", "ENOSYS"})
  void aContainerThatFiltersCalls(Errno errno) {
    Machine machine = new Machine();
    machine.files.put("/proc/self/status", "Name:\tjava\nSeccomp:\t2\n");
    machine.refused.put(SystemCall.USERFAULTFD, errno);
    machine.refused.put(SystemCall.OPENAT, Errno.ENOENT);
    machine.refused.put(SystemCall.PROCESS_VM_READV, errno);
    machine.refused.put(SystemCall.MEMFD_CREATE, errno);
    for (LinuxFeature feature :
        new LinuxFeature[] {
          LinuxFeature.USERFAULTFD, LinuxFeature.SAFE_ACCESS, LinuxFeature.MEMORY_FILES
        }) {
      assertMissing(machine, feature, errno + ", and this process runs under a seccomp", "profile");
    }
  }

  @Test
  void anUnprivilegedUser() {
    Machine machine = new Machine();
    machine.writable = false;
    machine.refused.put(SystemCall.USERFAULTFD, Errno.EPERM);
    machine.refused.put(SystemCall.OPENAT, Errno.EACCES);
    assertMissing(
        machine,
        LinuxFeature.USERFAULTFD,
        "vm.unprivileged_userfaultfd is 0",
        "vm.unprivileged_userfaultfd=1");
    assertMissing(machine, LinuxFeature.HUGE_PAGE_SETTINGS, "cannot be written", "root");
    assertMissing(machine, LinuxFeature.PAGEMAP, "EACCES", "privileges");
    assertTrue(FeatureProbe.of(machine).canOpen());
  }

  @Test
  void anOldKernel() {
    Machine machine = new Machine();
    machine.refused.put(SystemCall.USERFAULTFD, Errno.ENOSYS);
    machine.refused.put(SystemCall.MADVISE, Errno.EINVAL);
    assertMissing(machine, LinuxFeature.USERFAULTFD, "ENOSYS", "built with it");
    assertMissing(machine, LinuxFeature.COLLAPSE, "MADV_COLLAPSE", "6.1");
    assertMissing(machine, LinuxFeature.MEMORY_FILE_COLLAPSE, "needs COLLAPSE", "see");
  }

  @Test
  void hugePagesSwitchedOff() {
    Machine machine = new Machine();
    machine.files.put(THP + "enabled", "always madvise [never]");
    machine.files.put(THP + "shmem_enabled", "always never [deny] force");
    assertMissing(machine, LinuxFeature.HUGE_PAGES, "enabled is never", "echo madvise");
    assertMissing(machine, LinuxFeature.MEMORY_FILE_COLLAPSE, "is deny", "echo never");
    machine.files.put(THP + "shmem_enabled", "[never]");
    machine.files.put(THP + "hugepages-2048kB/shmem_enabled", "always [never]");
    assertMissing(machine, LinuxFeature.MEMORY_FILE_COLLAPSE, "2048kB", "echo inherit");
    machine.files.keySet().removeIf(path -> path.startsWith(THP));
    assertMissing(machine, LinuxFeature.HUGE_PAGES, "built without", "another kernel");
    assertEquals(2 << 20, FeatureProbe.of(machine).hugePageBytes());
  }

  @Test
  void aMachineThatThrowsEverything() {
    Platform hostile =
        org.mockito.Mockito.mock(
            Platform.class,
            call -> {
              throw new SecurityException("no");
            });
    LinuxProbe probe = FeatureProbe.of(hostile);
    for (LinuxFeature feature : LinuxFeature.values()) {
      assertFalse(probe.has(feature));
    }
    assertTrue(probe.explain(LinuxFeature.KERNEL).contains("SecurityException"));
  }

  @Test
  void everyCallRefusedWithEveryErrno() {
    for (Errno errno : Errno.values()) {
      Machine machine = new Machine();
      for (SystemCall call : SystemCall.values()) {
        machine.refused.put(call, errno);
      }
      LinuxProbe probe = FeatureProbe.of(machine);
      assertFalse(probe.has(LinuxFeature.USERFAULTFD));
      assertEquals(Set.of(), probe.userfaultfdFeatures());
    }
  }

  /** A program that says why native access is missing. */
  static final class Asker {
    private Asker() {}

    public static void main(String[] arguments) {
      System.out.println(LinuxMemory.probe().explain(LinuxFeature.NATIVE_ACCESS));
    }
  }

  @ParameterizedTest
  @Tag("kernel")
  @ValueSource(
      strings = {
        "--illegal-native-access=deny",
        "--illegal-native-access=warn",
        "--enable-native-access=org.mm4j.nobody"
      })
  void aJvmWithoutTheSwitchIsToldWhichOne(String option) throws Exception {
    RunningKernel.require(LinuxMemory.probe().has(LinuxFeature.KERNEL), () -> "not Linux");
    try (ChildJvm child = ChildJvm.startWith(option, Asker.class)) {
      String last = "";
      for (String line = child.line(); line != null; line = child.line()) {
        last = line;
      }
      assertTrue(last.contains("--enable-native-access=org.mm4j.linux"), last);
    }
  }

  @Test
  @Tag("kernel")
  void theMachineWeRunOn() {
    LinuxProbe probe = LinuxMemory.probe();
    for (LinuxFeature feature : LinuxFeature.values()) {
      assertEquals(probe.has(feature), probe.explain(feature).isEmpty());
    }
    assertEquals(probe.has(LinuxFeature.USERFAULTFD), !probe.userfaultfdFeatures().isEmpty());
  }
}
