/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mm4j.core.mm.World.range;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.mm4j.Access;
import org.mm4j.core.frame.CoreFolio;
import org.mm4j.core.pagetable.Entry;
import org.mm4j.core.tlb.CpuTlbBatch;
import org.mm4j.core.tlb.TranslationSource;
import org.mm4j.spi.Vma;

/**
 * A collapse removes a page's translations, then counts its references, and only then flushes. So a
 * pin that has read the translation before must not take a reference that nobody counted.
 */
final class PinAgainstCollapseTest {
  private static final class Faulted extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Translates; after a number of translations a collapse unmaps the page and counts. */
  private static final class Interrupted implements TranslationSource {
    private final World world;
    private final CoreFolio folio;
    private final long address;
    private final CpuTlbBatch batch;
    private int translations;
    private int counted;

    Interrupted(World world, CoreFolio folio, long address) {
      this.world = world;
      this.folio = folio;
      this.address = address;
      this.batch = world.space.newBatch();
    }

    @Override
    public int hugeOrder() {
      return 3;
    }

    @Override
    public long translate(long at, Access access) {
      long entry = world.space.tables().translate(at, access);
      if (++translations == 2) {
        onAnotherThread(this::unmapAndCount);
      }
      return entry;
    }

    private void unmapAndCount() {
      Vma vma = world.space.findVma(address);
      assertTrue(world.space.removePage(vma, address, folio, batch));
      counted = folio.references();
    }

    @Override
    public MemorySegment chunkOf(long frame) {
      return world.space.frames().chunkOf(frame);
    }

    @Override
    public long offsetInChunk(long frame) {
      return world.space.frames().offsetInChunk(frame);
    }

    @Override
    public void resolve(long at, Access access) {
      throw new Faulted();
    }

    private static void onAnotherThread(Runnable task) {
      Thread thread = new Thread(task);
      thread.start();
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void rule_3_7_noReferenceIsTakenThroughATranslationThatIsGone() {
    try (World world = new World()) {
      long at = world.space.map(world.request(0, 1));
      world.space.write(at, MemorySegment.ofArray(new byte[] {1}));
      long frame = Entry.frame(world.space.tables().walk(at));
      CoreFolio folio = world.space.frames().folioOf(frame);
      folio.get(1); // the collapse's own
      Interrupted source = new Interrupted(world, folio, at);

      PinOperation pin = new PinOperation(world.space, source, Access.WRITE);
      assertThrows(Faulted.class, () -> pin.run(range(at, 1)));

      assertEquals(source.counted, folio.references(), "nobody else has a reference");
      source.batch.flush();
      folio.put(1);
    }
  }
}
