/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The books of a kernel at one moment: what an invariant checker compares.
 *
 * @param totalFrames frames of physical memory
 * @param freeFrames those that nobody uses, per-CPU lists included
 * @param folios every allocated folio, by frame
 * @param files every memory file that exists or is mapped
 * @param spaces every address space
 */
public record MemoryAudit(
    long totalFrames,
    long freeFrames,
    List<FolioBook> folios,
    List<FileBook> files,
    List<SpaceBook> spaces) {
  /** Copies the lists. */
  public MemoryAudit {
    folios = List.copyOf(folios);
    files = List.copyOf(files);
    spaces = List.copyOf(spaces);
  }

  /**
   * One folio.
   *
   * @param frame its first frame
   * @param order the binary logarithm of its pages
   * @param references its references
   * @param mapCount its translations
   * @param locked whether it is locked
   * @param onLru whether it is on the LRU
   * @param upToDate whether its content is valid
   * @param fileName the file it belongs to, or null
   * @param index its index there
   */
  public record FolioBook(
      long frame,
      int order,
      int references,
      int mapCount,
      boolean locked,
      boolean onLru,
      boolean upToDate,
      @Nullable String fileName,
      long index) {}

  /**
   * One memory file.
   *
   * @param name its name
   * @param sizeBytes its size in bytes
   * @param presentPages the number its page cache keeps
   * @param chargedPages the number charged against its limit
   * @param slots its entries in index order, one per index
   */
  public record FileBook(
      String name, long sizeBytes, long presentPages, long chargedPages, List<SlotBook> slots) {
    /** Copies the list. */
    public FileBook {
      slots = List.copyOf(slots);
    }
  }

  /**
   * One slot that is not empty.
   *
   * @param index its index
   * @param frame the first frame of its folio, or -1
   * @param kind what it holds
   */
  public record SlotBook(long index, long frame, SlotKind kind) {}

  /** What a slot holds. */
  public enum SlotKind {
    /** A folio. */
    FOLIO,
    /** A value. */
    SWAP,
    /** A placeholder, which nobody may see while no lock is held. */
    PLACEHOLDER
  }

  /**
   * One address space.
   *
   * @param id its number
   * @param chargedPages pages charged to it
   * @param translations its translations in address order
   */
  public record SpaceBook(long id, long chargedPages, List<TranslationBook> translations) {
    /** Copies the list. */
    public SpaceBook {
      translations = List.copyOf(translations);
    }
  }

  /**
   * One translation.
   *
   * @param address the address it begins at
   * @param frame the frame it leads to
   * @param order 0, or the huge order
   * @param writable whether stores are permitted
   */
  public record TranslationBook(long address, long frame, int order, boolean writable) {}
}
