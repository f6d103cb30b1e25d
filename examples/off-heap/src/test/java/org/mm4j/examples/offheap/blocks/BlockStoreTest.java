/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.blocks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.MapRequest;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFile;
import org.mm4j.MemoryFileFlag;
import org.mm4j.MemorySystem;
import org.mm4j.Seal;
import org.mm4j.SimulatedBuilder;
import org.mm4j.UffdMode;
import org.mm4j.Userfaultfd;
import org.mm4j.spi.AuditedSystem;
import org.mm4j.testkit.InvariantChecker;

/** Our stores behind the calls of a kernel, compared with the library's own memory files. */
final class BlockStoreTest {
  private static final int PAGE = 4096;
  private static final int BLOCK = 8 * PAGE;
  private static final int SIZE = 4 * BLOCK;

  private static SimulatedBuilder kernel() {
    return MemorySystem.simulated().physicalBytes(64 * BLOCK).hugeOrder(3).chunkShift(2);
  }

  private static SimulatedBuilder kernelWithStores() {
    return kernel().with(new BlockStoreFeature());
  }

  private static MemorySegment bytes(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return MemorySegment.ofArray(bytes);
  }

  /** A kernel, one file of it, and one mapping of that. */
  private static final class World implements AutoCloseable {
    final MemorySystem system;
    final MemoryFile file;
    final AddressSpace space;
    final long address;

    World(SimulatedBuilder builder) {
      system = builder.build();
      file = system.createMemoryFile("store", Set.of());
      file.truncate(SIZE);
      space = system.newAddressSpace();
      address = space.map(MapRequest.shared(file, 0, SIZE));
    }

    String tell(Step step) {
      try {
        return String.valueOf(step.run(this));
      } catch (MemoryException refused) {
        return refused.errno().name();
      }
    }

    AddressRange range(long offset, long length) {
      return new AddressRange(address + offset, length);
    }

    List<String> brokenInvariants() {
      return InvariantChecker.check(((AuditedSystem) system).audit());
    }

    byte[] content() {
      byte[] all = new byte[(int) file.sizeBytes()];
      file.read(0, MemorySegment.ofArray(all));
      return all;
    }

    @Override
    public void close() {
      system.close();
      file.close();
    }
  }

  /** One call, and what it answers. */
  private interface Step {
    Object run(World world);
  }

  @Test
  void memoryFilesAreStores() {
    try (World world = new World(kernelWithStores())) {
      assertInstanceOf(StoreHandle.class, world.file);
    }
    try (World world = new World(kernel())) {
      assertTrue(!(world.file instanceof StoreHandle));
    }
  }

  @Test
  void answersAsTheLibrarysOwnFilesDo() {
    long seed = Long.getLong("mm4j.seed", 20_260_102L);
    Random random = new Random(seed);
    try (World ours = new World(kernelWithStores());
        World theirs = new World(kernel())) {
      for (int step = 0; step < 3_000; step++) {
        Call call = Call.next(random);
        String where = "step " + step + ": " + call + ", -Dmm4j.seed=" + seed;
        assertEquals(theirs.tell(call.step()), ours.tell(call.step()), where);
        if (step % 50 == 0) {
          assertArrayEquals(theirs.content(), ours.content(), where);
          assertEquals(List.of(), ours.brokenInvariants(), where);
        }
      }
    }
  }

  /** A random call that both must answer alike. */
  private record Call(String name, int offset, int length, Step step) {
    static Call next(Random random) {
      int offset = random.nextInt(SIZE + PAGE);
      int length = 1 + random.nextInt(random.nextBoolean() ? 64 : BLOCK);
      int page = random.nextInt(SIZE / PAGE) * PAGE;
      int block = random.nextInt(SIZE / BLOCK) * BLOCK;
      int value = random.nextInt(1, 100);
      return switch (random.nextInt(11)) {
        case 0 ->
            new Call("write", offset, length, w -> w.file.write(offset, bytes(length, value)));
        case 1, 2 ->
            new Call(
                "store",
                page,
                8,
                w -> done(() -> w.space.write(w.address + page, bytes(8, value))));
        case 3 ->
            new Call(
                "punch whole pages",
                page,
                BLOCK,
                w -> done(() -> w.file.punchHole(page, 3L * PAGE)));
        case 4 ->
            new Call("punch", offset, length, w -> done(() -> w.file.punchHole(offset, length)));
        case 5 -> new Call("data", offset, 0, w -> w.file.seekData(offset));
        case 6 -> new Call("hole", offset, 0, w -> w.file.seekHole(offset));
        case 7 -> new Call("residency", 0, SIZE, w -> w.space.residency(w.range(0, SIZE)));
        case 8, 9 ->
            new Call(
                "collapse",
                block,
                BLOCK,
                w -> done(() -> w.space.advise(w.range(block, BLOCK), Advice.COLLAPSE)));
        default -> new Call("blocks", 0, 0, w -> w.file.blocks());
      };
    }

    private static String done(Runnable call) {
      call.run();
      return "done";
    }

    @Override
    public String toString() {
      return name + " " + offset + " +" + length;
    }
  }

  @Test
  void theSizeEndsWhatCanBeReached() {
    try (World world = new World(kernelWithStores())) {
      world.file.write(0, bytes(2 * BLOCK, 7));
      world.file.truncate(PAGE + 10);
      assertEquals(PAGE + 10, world.file.sizeBytes());
      assertEquals(16, world.file.blocks());
      world.file.truncate(SIZE);
      byte[] content = world.content();
      assertEquals(7, content[PAGE + 9]);
      assertEquals(0, content[PAGE + 10]);
      assertEquals(OptionalLong.of(2 * PAGE), world.file.seekHole(0));
      MemoryException tooLarge =
          assertThrows(MemoryException.class, () -> world.file.truncate(Long.MAX_VALUE));
      assertEquals(Errno.EFBIG, tooLarge.errno());
    }
  }

  @Test
  void theLimitIsKept() {
    try (World world = new World(kernelWithStores().perFileLimitBytes(2 * PAGE))) {
      world.file.allocate(0, 2 * PAGE);
      MemoryException full =
          assertThrows(MemoryException.class, () -> world.file.write(2 * PAGE, bytes(1, 1)));
      assertEquals(Errno.ENOSPC, full.errno());
      assertEquals(16, world.file.blocks());
    }
  }

  @Test
  void thereAreNoSeals() {
    try (World world = new World(kernelWithStores())) {
      assertEquals(Set.of(Seal.SEAL), world.file.seals());
      assertThrows(MemoryException.class, () -> world.file.addSeals(Set.of(Seal.WRITE)));
      assertThrows(
          MemoryException.class,
          () -> world.system.createMemoryFile("sealed", Set.of(MemoryFileFlag.ALLOW_SEALING)));
    }
  }

  @Test
  void aClosedHandleIsRefusedAndItsMappingStays() {
    try (World world = new World(kernelWithStores())) {
      world.space.write(world.address, bytes(1, 9));
      world.file.close();
      assertThrows(IllegalStateException.class, () -> world.file.sizeBytes());
      assertThrows(IllegalStateException.class, () -> world.file.write(0, bytes(1, 1)));
      byte[] one = new byte[1];
      world.space.read(world.address, MemorySegment.ofArray(one));
      assertEquals(9, one[0]);
      long free = world.system.statistics().freeFrames();
      world.space.close();
      assertTrue(world.system.statistics().freeFrames() > free, "the last mapping frees the pages");
    }
  }

  @Test
  void aWatchedHoleIsNotFilledByACollapse() {
    try (World world = new World(kernelWithStores())) {
      world.file.write(0, bytes(PAGE, 1));
      Userfaultfd userfaultfd = world.space.userfaultfd(Set.of());
      userfaultfd.handshake(Set.of());
      userfaultfd.register(world.range(0, SIZE), Set.of(UffdMode.MISSING));
      MemoryException busy =
          assertThrows(
              MemoryException.class,
              () -> world.space.advise(world.range(0, BLOCK), Advice.COLLAPSE));
      assertEquals(Errno.EBUSY, busy.errno());
      assertEquals(8, world.file.blocks());
      userfaultfd.close();
      world.space.advise(world.range(0, BLOCK), Advice.COLLAPSE);
      assertEquals(64, world.file.blocks());
    }
  }

  /**
   * Writers, a puncher and a collapser at the same time: no byte is lost, and the books balance.
   */
  @Test
  void nothingIsLostUnderLoad() throws InterruptedException {
    try (World world = new World(kernelWithStores())) {
      AtomicBoolean over = new AtomicBoolean();
      List<Throwable> failures = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      threads.add(start(failures, () -> collapseUntil(world, over)));
      threads.add(start(failures, () -> punchUntil(world, over)));
      for (int writer = 0; writer < 2; writer++) {
        int own = writer;
        threads.add(start(failures, () -> writeAndCheck(world, own)));
      }
      threads.get(2).join();
      threads.get(3).join();
      over.set(true);
      threads.get(0).join();
      threads.get(1).join();
      assertEquals(List.of(), failures);
      assertEquals(List.of(), world.brokenInvariants());
    }
  }

  private static Thread start(List<Throwable> failures, Runnable task) {
    return Thread.ofPlatform()
        .start(
            () -> {
              try {
                task.run();
              } catch (Throwable t) {
                synchronized (failures) {
                  failures.add(t);
                }
              }
            });
  }

  private static void collapseUntil(World world, AtomicBoolean over) {
    for (int round = 0; !over.get(); round++) {
      try {
        world.space.advise(world.range(round % 4 * (long) BLOCK, BLOCK), Advice.COLLAPSE);
      } catch (MemoryException refused) {
        assertTrue(
            Set.of(Errno.EAGAIN, Errno.EINVAL, Errno.ENOMEM, Errno.EBUSY).contains(refused.errno()),
            refused::getMessage);
      }
    }
  }

  private static void punchUntil(World world, AtomicBoolean over) {
    for (int round = 0; !over.get(); round++) {
      world.file.punchHole(round % 4 * (long) BLOCK + 7L * PAGE, PAGE); // the page nobody writes
    }
  }

  private static void writeAndCheck(World world, int writer) {
    byte[] found = new byte[8];
    for (int round = 0; round < 4_000; round++) {
      long offset = round % 4 * (long) BLOCK + (2L * (round % 3) + writer) * PAGE;
      world.space.write(world.address + offset, bytes(8, round));
      world.space.read(world.address + offset, MemorySegment.ofArray(found));
      assertEquals((byte) round, found[7]);
    }
  }
}
