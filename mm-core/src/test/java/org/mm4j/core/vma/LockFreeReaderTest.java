/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.mm4j.spi.Vma;
import org.mm4j.testkit.Laps;

/**
 * Readers beside a writer that splits, merges, maps and unmaps around one page that is mapped
 * throughout. A reader of the tree and a reader of the reverse map must find it every time.
 */
final class LockFreeReaderTest {
  private static final int PAGES = 200;
  private static final int STEADY = PAGES / 2;
  private static final int OPERATIONS = 20_000;

  private final Picture picture = new Picture("A".repeat(PAGES));
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final Laps laps = new Laps(2, 100);
  private volatile boolean done;

  @Test
  void rule_2_2_aPageThatStaysMappedIsNeverMissed() throws InterruptedException {
    Thread treeReader = reader(this::readTree);
    Thread reverseMapReader = reader(this::readReverseMap);
    try {
      write(new Random(Long.getLong("mm4j.seed", 1)));
    } finally {
      done = true;
      treeReader.join();
      reverseMapReader.join();
    }
    picture.check();
    assertNull(failure.get(), () -> String.valueOf(failure.get()));
  }

  private Thread reader(Runnable read) {
    return Thread.ofPlatform()
        .start(
            () -> {
              try {
                while (!done) {
                  read.run();
                }
              } catch (Throwable e) {
                failure.set(e);
              }
            });
  }

  private void write(Random random) {
    for (int i = 0; failure.get() == null && (i < OPERATIONS || laps.areMissing()); i++) {
      int first = random.nextInt(PAGES);
      int last = Math.min(PAGES - 1, first + random.nextInt(40));
      boolean steady = first <= STEADY && STEADY <= last;
      char letter = "ABCae".charAt(random.nextInt(5));
      if (steady || random.nextBoolean()) {
        picture.change(first, last, letter);
      } else if (random.nextBoolean()) {
        picture.map(first, last, letter);
      } else {
        picture.cut(first, last);
      }
    }
  }

  private void readTree() {
    VmaTree tree = picture.layout.tree();
    long address = Picture.address(STEADY);
    assertContains(tree.find(address));
    assertContains(tree.next(address));
    long end = 0;
    int found = 0;
    for (MappedVma vma : tree.all()) {
      assertTrue(vma.start() >= end, "overlap or disorder");
      end = vma.end();
      found += vma.range().contains(address) ? 1 : 0;
    }
    assertEquals(1, found);
    laps.count(0);
  }

  private void readReverseMap() {
    long index = picture.at(STEADY).indexOf(Picture.address(STEADY));
    List<Vma> found = new ArrayList<>(1);
    picture.fileOne.reverseMap().lockShared();
    picture.fileOne.reverseMap().overlapping(index, index, found::add);
    picture.fileOne.reverseMap().unlockShared();
    assertEquals(1, found.size(), "VMAs that map the page");
    assertContains(found.getFirst());
    laps.count(1);
  }

  private static void assertContains(Vma vma) {
    assertTrue(vma != null && vma.range().contains(Picture.address(STEADY)), () -> "got " + vma);
  }
}
