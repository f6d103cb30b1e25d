/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mm4j.Errno;
import org.mm4j.HugePages;
import org.mm4j.KhugepagedTunables;
import org.mm4j.MemoryException;
import org.mm4j.linux.ThpSettings.Scope;
import org.mm4j.linux.ThpSettings.Setting;
import org.mm4j.testkit.RunningKernel;

/** Settings in a folder of our own, and, of the running kernel, one that nobody minds. */
@SuppressWarnings("try") // a scope is not looked at, and closed twice
final class ThpSettingsTest {
  @TempDir Path folder;
  private Path root;
  private ThpSettings settings;

  @BeforeEach
  void create() throws IOException {
    root = Files.createDirectories(folder.resolve("thp"));
    Files.createDirectories(root.resolve("khugepaged"));
    Files.writeString(root.resolve("enabled"), "always [madvise] never\n");
    Files.writeString(root.resolve("khugepaged/pages_to_scan"), "4096\n");
    settings = new ThpSettings(root, folder.resolve("journal"));
  }

  /** A program that changes a setting of a folder, says so, and stays. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws InterruptedException {
      Path folder = Path.of(arguments[0]);
      ThpSettings settings = new ThpSettings(folder.resolve("thp"), folder.resolve("journal"));
      settings.change(Map.of(Setting.PAGES_TO_SCAN, "1"));
      System.out.println("changed");
      System.out.flush();
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  private String scanned() {
    return settings.read(Setting.PAGES_TO_SCAN);
  }

  @Test
  void theActiveChoiceIsRead() {
    assertEquals(
        Map.of(Setting.ENABLED, "madvise", Setting.PAGES_TO_SCAN, "4096"), settings.read());
    MemoryException absent =
        assertThrows(MemoryException.class, () -> settings.read(Setting.DEFRAG));
    assertEquals(Errno.ENOSYS, absent.errno());
  }

  @Test
  void aScopePutsBackWhatItChanged() {
    try (Scope scope = settings.change(Map.of(Setting.PAGES_TO_SCAN, "8"))) {
      assertEquals("8", scanned());
      assertThrows(IllegalStateException.class, () -> settings.change(Map.of()));
      assertFalse(settings.recover(), "somebody is still at it");
      scope.close();
      assertEquals("4096", scanned());
    }
    settings.change(Map.of(Setting.PAGES_TO_SCAN, "9")).close();
    assertEquals("4096", scanned());
  }

  @Test
  void aChangeThatIsRefusedChangesNothing() {
    assertThrows(
        MemoryException.class,
        () -> settings.change(Map.of(Setting.PAGES_TO_SCAN, "8", Setting.DEFRAG, "never")));
    assertEquals("4096", scanned());
    settings.change(Map.of()).close();
  }

  @Test
  void nothingIsChangedThatCouldNotBePutBack() throws IOException {
    Files.writeString(folder.resolve("journal"), "a file where the folder should be");
    assertThrows(MemoryException.class, () -> settings.change(Map.of(Setting.PAGES_TO_SCAN, "8")));
    assertEquals("4096", scanned());
  }

  @Test
  void scopesOfSeveralThreadsWaitForEachOther() throws Exception {
    Scope first = settings.change(Map.of(Setting.PAGES_TO_SCAN, "8"));
    CompletableFuture<String> second =
        CompletableFuture.supplyAsync(
            () -> {
              try (Scope scope = settings.change(Map.of(Setting.PAGES_TO_SCAN, "9"))) {
                return scanned();
              }
            });
    assertFalse(second.isDone());
    assertEquals("8", scanned());
    first.close();
    assertEquals("9", second.get(10, TimeUnit.SECONDS));
    assertEquals("4096", scanned());
  }

  @Test
  void whatAKilledProcessLeftIsPutBack() throws Exception {
    try (ChildJvm child = ChildJvm.start(Holder.class, folder.toString())) {
      assertEquals("changed", child.line());
      assertEquals("1", scanned());
      assertFalse(settings.recover(), "the process is still at it");
      child.kill();
      assertEquals("1", scanned());
      assertTrue(settings.recover());
      assertEquals("4096", scanned());
      assertFalse(settings.recover());
    }
  }

  @Test
  void aProcessThatIsToldToEndPutsBackItself() throws Exception {
    try (ChildJvm child = ChildJvm.start(Holder.class, folder.toString())) {
      assertEquals("changed", child.line());
      child.terminate();
      assertTrue(child.ends(20));
      assertEquals("4096", scanned());
    }
  }

  @Test
  void scopesOfSeveralProcessesWaitForEachOther() throws Exception {
    try (ChildJvm child = ChildJvm.start(Holder.class, folder.toString())) {
      assertEquals("changed", child.line());
      CompletableFuture<String> mine =
          CompletableFuture.supplyAsync(
              () -> {
                try (Scope scope = settings.change(Map.of(Setting.PAGES_TO_SCAN, "9"))) {
                  return scanned();
                }
              });
      assertFalse(mine.isDone());
      assertEquals("1", scanned());
      child.kill();
      assertEquals("9", mine.get(20, TimeUnit.SECONDS));
      assertEquals("4096", scanned(), "not what the killed process had set");
    }
  }

  private static LinuxMemory openWithSettings() {
    LinuxProbe probe = LinuxMemory.probe();
    RunningKernel.require(probe.canOpen(), probe::toString);
    RunningKernel.require(
        probe.has(LinuxFeature.HUGE_PAGE_SETTINGS),
        () -> probe.explain(LinuxFeature.HUGE_PAGE_SETTINGS));
    return LinuxMemory.open();
  }

  @Test
  @Tag("kernel")
  void theRunningKernelsSettingsAreChangedAndPutBack() {
    try (LinuxMemory memory = openWithSettings()) {
      ThpSettings live = memory.hugePageSettings();
      String before = live.read(Setting.ALLOC_SLEEP_MILLISECS);
      String other = String.valueOf(Long.parseLong(before) + 1);
      try (Scope scope = live.change(Map.of(Setting.ALLOC_SLEEP_MILLISECS, other))) {
        assertEquals(other, live.read(Setting.ALLOC_SLEEP_MILLISECS));
        KhugepagedTunables tunables = memory.hugePages().tunables();
        assertEquals(Long.parseLong(other), tunables.allocSleepMillis());
      }
      assertEquals(before, live.read(Setting.ALLOC_SLEEP_MILLISECS));
      assertTrue(live.read().containsKey(Setting.ENABLED));
    }
  }

  @ParameterizedTest
  @Tag("kernel")
  @ValueSource(strings = {"512", "-1", "x", ""})
  void theRunningKernelRefusesNonsense(String value) {
    try (LinuxMemory memory = openWithSettings()) {
      ThpSettings live = memory.hugePageSettings();
      String before = live.read(Setting.MAX_PTES_SHARED);
      MemoryException refusal =
          assertThrows(
              MemoryException.class, () -> live.change(Map.of(Setting.MAX_PTES_SHARED, value)));
      assertEquals(Errno.EINVAL, refusal.errno());
      assertEquals(before, live.read(Setting.MAX_PTES_SHARED));
    }
  }

  @Test
  @Tag("kernel")
  void theKernelsDaemonIsNotOurs() {
    try (LinuxMemory memory = openWithSettings()) {
      HugePages huge = memory.hugePages();
      assertTrue(huge.statistics().strategy().startsWith("kernel "));
      assertTrue(huge.statistics().fullScans() >= 0);
      assertEquals(Errno.EOPNOTSUPP, assertThrows(MemoryException.class, huge::scanOnce).errno());
      assertEquals(Errno.EOPNOTSUPP, assertThrows(MemoryException.class, huge::stopDaemon).errno());
    }
  }
}
