/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mm4j.khugepaged.fake.FakeKernel.HUGE_BYTES;
import static org.mm4j.khugepaged.fake.FakeKernel.HUGE_ORDER;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mm4j.KhugepagedTunables;
import org.mm4j.khugepaged.fake.FakeKernel;
import org.mm4j.khugepaged.fake.FakeMemory;
import org.mm4j.khugepaged.policy.KhugepagedPolicy;
import org.mm4j.khugepaged.strategy.LinuxStrategy;
import org.mm4j.spi.Allocation;

/** The thread around the rounds. Pauses last an hour, so only what ends them lets a test end. */
final class KhugepagedDaemonTest {
  private static final long HOUR_MILLIS = TimeUnit.HOURS.toMillis(1);

  private final FakeKernel kernel = new FakeKernel();
  private final FakeMemory mm = kernel.newMemory();
  private final LinkedBlockingQueue<String> looks = new LinkedBlockingQueue<>();
  private final HugePageService service =
      new HugePageService(
          kernel.engine(new LinuxStrategy()), new KhugepagedPolicy(), HUGE_ORDER, pace(8));

  @AfterEach
  void close() {
    service.close();
  }

  private static KhugepagedTunables pace(int pages) {
    return new KhugepagedTunables(pages, HOUR_MILLIS, HOUR_MILLIS, 7, 1, 4);
  }

  private void mapAndReportLooks() {
    kernel.fillExcept(0);
    mm.map(64 * HUGE_BYTES, HUGE_BYTES, kernel.file, 0);
    kernel.file.cache.beforeScan = () -> looks.add("look");
  }

  private void awaitLook() throws InterruptedException {
    assertTrue(looks.poll(30, TimeUnit.SECONDS) != null, "the daemon did not look");
  }

  @Test
  void looksWhenItIsStartedAndAgainWhenTheSettingsChange() throws Exception {
    mapAndReportLooks();
    service.enter(mm);
    service.startDaemon();
    awaitLook();
    service.tunables(pace(16));
    awaitLook();
  }

  @Test
  void waitsForTheFirstAddressSpace() throws Exception {
    mapAndReportLooks();
    service.startDaemon();
    service.tunables(pace(16).withPace(8, 0));
    service.enter(mm);
    awaitLook();
  }

  @Test
  void withoutAPauseItGoesOn() throws Exception {
    mapAndReportLooks();
    service.enter(mm);
    service.tunables(pace(8).withPace(8, 0));
    service.startDaemon();
    awaitLook();
    awaitLook();
    awaitLook();
  }

  @Test
  void stopsInAPauseAndStartsAgain() throws Exception {
    mapAndReportLooks();
    service.enter(mm);
    service.startDaemon();
    service.startDaemon();
    awaitLook();
    service.stopDaemon();
    service.stopDaemon();
    assertEquals(0, looks.size(), "started twice, it is still one daemon");
    service.startDaemon();
    awaitLook();
  }

  @Test
  void stopsInABackOff() throws Exception {
    mapAndReportLooks();
    kernel.refusal = Allocation.Refused.NO_MEMORY;
    service.enter(mm);
    service.tunables(pace(64));
    service.startDaemon();
    awaitLook();
    service.stopDaemon();
    assertEquals(0, looks.size());
  }

  @Test
  void settingsEndABackOff() throws Exception {
    mapAndReportLooks();
    kernel.refusal = Allocation.Refused.NO_MEMORY;
    service.enter(mm);
    service.tunables(pace(64));
    service.startDaemon();
    awaitLook();
    service.tunables(pace(65));
    awaitLook();
  }

  @Test
  void survivesARoundThatThrows() throws Exception {
    mapAndReportLooks();
    kernel.file.cache.beforeScan =
        () -> {
          looks.add("broken look");
          throw new IllegalStateException("injected");
        };
    service.enter(mm);
    service.startDaemon();
    awaitLook();
    service.tunables(pace(16));
    awaitLook();
  }

  @Test
  void closedIsClosed() {
    service.startDaemon();
    service.close();
    service.close();
    assertThrows(IllegalStateException.class, service::startDaemon);
  }
}
