/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mm4j.spi.Folio;
import org.mm4j.testkit.Seeds;

/** Random calls on one file, each compared with a model of bytes and page states. */
final class FileModelTest {
  private static final int HUGE_PAGES_IN_FILE = 3;

  /** Frames per page of the file: parts of huge pages that were cut keep others from being free. */
  private static final int MOST_FRAMES = 64;

  private TestKernel kernel;
  private ShmemFile file;
  private FileModel model;
  private RandomGenerator random;
  private int pageCount;
  private int hugePages;
  private final List<String> history = new ArrayList<>();

  @ParameterizedTest
  @CsvSource({"3, 2, 1500", "1, 1, 1500", "4, 6, 1500", "9, 6, 60"})
  void everyCallDoesWhatTheModelDoes(int hugeOrder, int chunkShift, int calls) {
    Seeds.check(seed -> run(Seeds.random(seed), hugeOrder, chunkShift, calls));
  }

  private void run(RandomGenerator seeded, int hugeOrder, int chunkShift, int calls) {
    random = seeded;
    hugePages = 1 << hugeOrder;
    pageCount = HUGE_PAGES_IN_FILE * hugePages;
    long unlimited = TestKernel.UNLIMITED;
    kernel = new TestKernel(MOST_FRAMES * pageCount, hugeOrder, chunkShift, unlimited, unlimited);
    try (TestKernel closed = kernel) {
      file = closed.file();
      model = new FileModel(pageCount, hugePages);
      for (int i = 0; i < calls; i++) {
        step(i);
      }
      file.close();
    }
  }

  private void step(int number) {
    try {
      call();
      assertEquals(model.size, file.sizeBytes());
      assertEquals(model.blocks(), file.blocks());
      if (hugePages < 512 || number % 5 == 0) {
        compareAll();
      }
    } catch (AssertionError | RuntimeException e) {
      List<String> last = history.subList(Math.max(0, history.size() - 12), history.size());
      throw new AssertionError("call " + number + " of " + String.join("; ", last) + ": " + e, e);
    }
  }

  private void compareAll() {
    byte[] all = new byte[pageCount * Bytes.PAGE];
    Arrays.fill(all, (byte) 0xaa);
    assertEquals(model.size, file.read(0, MemorySegment.ofArray(all)));
    int mismatch = Arrays.mismatch(model.bytes, 0, model.size, all, 0, model.size);
    assertEquals(-1, mismatch, "first wrong byte, in page " + mismatch / Bytes.PAGE);
    kernel.audit();
  }

  private void call() {
    int offset = edge();
    int length = Math.min(length(), pageCount * Bytes.PAGE - offset);
    switch (random.nextInt(9)) {
      case 0, 1 -> {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        note("write", offset, length);
        assertEquals(length, file.write(offset, MemorySegment.ofArray(bytes)));
        model.write(offset, bytes);
      }
      case 2 -> {
        note("truncate", offset, 0);
        file.truncate(offset);
        model.truncate(offset);
      }
      case 3 -> {
        if (length > 0) {
          note("allocate", offset, length);
          file.allocate(offset, length);
          model.allocate(offset, length);
        }
      }
      case 4 -> {
        if (length > 0) {
          note("punch", offset, length);
          file.punchHole(offset, length);
          model.punch(offset, length);
        }
      }
      case 5 -> {
        note("seek", offset, 0);
        assertEquals(model.seek(offset, true), file.seekData(offset));
        assertEquals(model.seek(offset, false), file.seekHole(offset));
      }
      case 6 -> {
        note("read", offset, length);
        int expected = Math.clamp(model.size - offset, 0, length);
        assertArrayEquals(
            Arrays.copyOfRange(model.bytes, offset, offset + expected),
            Bytes.read(file, offset, length));
      }
      default -> {
        int start = random.nextInt(HUGE_PAGES_IN_FILE) * hugePages;
        note("collapse", start, hugePages);
        boolean wasHuge = isHuge(start);
        if (model.canCollapse(start) && !wasHuge) {
          assertTrue(TestCollapse.collapse(TestKernel.inode(file), start));
          model.collapse(start);
        }
      }
    }
  }

  private boolean isHuge(int start) {
    return TestKernel.inode(file).pageCache().lookup(start) instanceof Folio folio
        && released(folio) > 0;
  }

  private static int released(Folio folio) {
    int order = folio.order();
    folio.put(1);
    return order;
  }

  private void note(String call, int first, int second) {
    history.add(call + " " + first + " " + second);
  }

  /** An offset near the edge of a page or a huge page, or anywhere. */
  private int edge() {
    int bytes = pageCount * Bytes.PAGE;
    int near = random.nextInt(5) - 2;
    int offset =
        switch (random.nextInt(4)) {
          case 0 -> random.nextInt(pageCount + 1) * Bytes.PAGE;
          case 1 -> random.nextInt(pageCount + 1) * Bytes.PAGE + near;
          case 2 -> random.nextInt(HUGE_PAGES_IN_FILE + 1) * hugePages * Bytes.PAGE + near;
          default -> random.nextInt(bytes);
        };
    return Math.clamp(offset, 0, bytes - 1);
  }

  private int length() {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(10);
      case 1 -> random.nextInt(3 * Bytes.PAGE);
      case 2 -> Bytes.PAGE * random.nextInt(pageCount);
      default -> hugePages * Bytes.PAGE + random.nextInt(5) - 2;
    };
  }
}
