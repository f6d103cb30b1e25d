/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.mm4j.linux.Availability;
import org.mm4j.linux.LinuxFeature;
import org.mm4j.testkit.RunningKernel;

/** The scan results behind the errno of MADV_COLLAPSE, and what is left of a trace: nothing. */
final class CollapseTraceTest extends ExecutorFixture {
  private static final long HUGE = 2 << 20;
  private static final long MADV_COLLAPSE = 25;
  private static final int EINVAL = 22;
  private static final String SCAN_FILE = "mm_khugepaged_scan_file";
  private static final String COLLAPSE_FILE = "mm_khugepaged_collapse_file";

  @Test
  void emptyFileIsTruncatedToTheScan() throws IOException {
    mapFile();
    try (CollapseTrace trace = open()) {
      assertEquals(EINVAL, errno(lane.call(NR_MADVISE, AT, HUGE, MADV_COLLAPSE)));
      List<CollapseEvent> events = trace.take(lane);
      assertEquals(List.of(COLLAPSE_FILE, SCAN_FILE), names(events));
      assertEquals("truncated", events.getLast().result());
      assertEquals(Optional.of("0"), events.getLast().field("present"));
      assertEquals(lane.threadId(), events.getLast().threadId());
    }
  }

  @Test
  void collapsedFileIsReported() throws IOException {
    mapFile();
    value(lane.store(AT, 1, 8));
    try (CollapseTrace trace = open()) {
      value(lane.call(NR_MADVISE, AT, HUGE, MADV_COLLAPSE));
      List<CollapseEvent> events = trace.take(lane);
      assertEquals(List.of(COLLAPSE_FILE, SCAN_FILE), names(events));
      assertEquals(Optional.of("1"), events.getLast().field("present"));
      assertEquals("pte_mapped_hugepage", events.getLast().result(), "and then mapped: no error");
      assertEquals(List.of(), trace.take(lane), "taken is taken");
    }
  }

  @Test
  void anonymousMemoryIsReported() throws IOException {
    map(lane, AT, HUGE);
    value(lane.store(AT, 1, 8));
    try (CollapseTrace trace = open()) {
      value(lane.call(NR_MADVISE, AT, HUGE, MADV_COLLAPSE));
      List<CollapseEvent> events = trace.take(lane);
      assertTrue(names(events).contains("mm_khugepaged_scan_pmd"), events::toString);
      assertTrue(names(events).contains("mm_collapse_huge_page"), events::toString);
      assertTrue(
          events.stream().allMatch(event -> event.result().equals("succeeded")), events::toString);
    }
  }

  @Test
  void lanesAndForksThatComeLaterAreSeen() throws IOException {
    mapFile();
    try (CollapseTrace trace = open()) {
      Lane sibling = executor.root().newLane();
      Lane child = lane.fork().newLane();
      for (Lane each : List.of(sibling, child)) {
        assertEquals(EINVAL, errno(each.call(NR_MADVISE, AT, HUGE, MADV_COLLAPSE)));
      }
      assertEquals(2, trace.take(sibling).size());
      assertEquals(2, trace.take(child).size());
      assertEquals(List.of(), trace.take(lane));
    }
  }

  @Test
  void nobodyElseIsSeen() throws IOException {
    try (CollapseTrace trace = open();
        NativeExecutor another = NativeExecutor.start()) {
      Lane stranger = another.root().newLane();
      map(stranger, AT, HUGE);
      value(stranger.store(AT, 1, 1));
      value(stranger.call(NR_MADVISE, AT, HUGE, MADV_COLLAPSE));
      assertEquals(List.of(), trace.take(stranger));
    }
  }

  @Test
  void nothingIsLeft() throws IOException {
    long pid = ProcessHandle.current().pid();
    try (CollapseTrace trace = open()) {
      trace.take(lane);
      assertEquals(1, owned("instances", pid).size());
    }
    assertEquals(List.of(), owned("instances", pid));
    assertFalse(Files.readString(Path.of("/proc/self/mountinfo")).contains("mm4j-" + pid + "-"));
  }

  /** Opens a trace, says so, and waits to be killed. */
  static final class Holder {
    private Holder() {}

    /**
     * Runs until it is killed.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws IOException {
      CollapseTrace.open(NativeExecutor.start());
      System.out.println("open");
      System.in.read();
    }
  }

  @Test
  void nextRunTakesAwayWhatAKilledOneLeft() throws IOException {
    open().close(); // skips where there is no trace
    Process killed = ChildJvm.start(Holder.class);
    try (BufferedReader output = killed.inputReader()) {
      assertEquals("open", output.readLine());
    }
    killed.destroyForcibly().onExit().join();
    open().close();
    assertEquals(List.of(), owned("instances", killed.pid()));
    assertFalse(
        Files.readString(Path.of("/proc/self/mountinfo")).contains("mm4j-" + killed.pid() + "-"));
  }

  @Test
  void terminatedRunLeavesNothing() throws IOException {
    open().close();
    Process terminated = ChildJvm.start(Holder.class);
    try (BufferedReader output = terminated.inputReader()) {
      assertEquals("open", output.readLine());
      terminated.destroy();
      terminated.onExit().join();
    }
    assertEquals(List.of(), owned("instances", terminated.pid()));
    assertFalse(
        Files.readString(Path.of("/proc/self/mountinfo"))
            .contains("mm4j-" + terminated.pid() + "-"));
  }

  @Test
  void linesAreRead() {
    CollapseEvent event =
        CollapseEvent.parse(
                " a: b-1 [2]-77      [001] ...1.  12.5: mm_khugepaged_scan_file: mm=0000,"
                    + " scan_pfn=0x5, filename=memfd:x, result=failed, present=1, swap=0,"
                    + " result=page_filled")
            .orElseThrow();
    assertEquals(77, event.threadId());
    assertEquals("page_filled", event.result());
    assertEquals(Optional.of("0x5"), event.field("scan_pfn"));
    assertEquals(Optional.empty(), event.field("pfn"));
    assertEquals(Optional.empty(), CollapseEvent.parse("CPU:0 [LOST 3 EVENTS]"));
  }

  @Test
  void namesTellWhoseTheyAre() throws IOException {
    String mine = RunOwner.newName();
    assertFalse(RunOwner.isOrphan(mine));
    assertFalse(RunOwner.isOrphan("tracing-" + mine));
    assertFalse(RunOwner.isOrphan("somebody-else"));
    assertTrue(RunOwner.isOrphan("mm4j-" + ProcessHandle.current().pid() + "-1-1"));
    assertTrue(RunOwner.isOrphan("tracing-mm4j-" + Integer.MAX_VALUE + "-1-1"));
  }

  private CollapseTrace open() throws IOException {
    Availability trace = CollapseTrace.probe();
    require(LinuxFeature.COLLAPSE, LinuxFeature.MEMORY_FILE_COLLAPSE);
    RunningKernel.require(trace instanceof Availability.Available, trace::toString);
    return CollapseTrace.open(executor);
  }

  private void mapFile() {
    long fd = value(lane.call(NR_MEMFD_CREATE, lane.scratchAddress(), 0));
    value(lane.call(NR_FTRUNCATE, fd, HUGE));
    value(lane.call(NR_MMAP, AT, HUGE, READ_WRITE, SHARED_FIXED, fd, 0));
  }

  private static List<String> names(List<CollapseEvent> events) {
    return events.stream().map(CollapseEvent::name).toList();
  }

  private static List<String> owned(String folder, long pid) throws IOException {
    try (TracefsMount mount = TracefsMount.open(new NativeCall());
        Stream<Path> entries = Files.list(mount.root().resolve(folder))) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.startsWith("mm4j-" + pid + "-"))
          .toList();
    }
  }
}
