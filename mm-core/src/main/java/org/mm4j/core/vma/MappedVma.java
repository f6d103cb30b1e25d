/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import java.lang.invoke.MethodHandles;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.UserfaultWatcher;
import org.mm4j.spi.Vma;
import org.mm4j.sync.RefField;
import org.mm4j.sync.WordField;

/**
 * A VMA of a simulated address space.
 *
 * <p>Range, file and offset are final: a split or a merge replaces the object. The flags are one
 * word and the watcher one reference, both changed in place under the mmap lock held exclusively
 * and without the reverse-map lock. The store of the flags is unordered, as {@code vm_flags_reset}
 * is: whoever arms a VMA and then promises something about it needs a full fence of its own.
 */
public final class MappedVma implements Vma {
  private static final WordField FLAGS =
      WordField.of(MethodHandles.lookup(), MappedVma.class, "flags");
  private static final RefField<UserfaultWatcher> WATCHER =
      RefField.of(MethodHandles.lookup(), MappedVma.class, "watcher", UserfaultWatcher.class);

  private final MemoryDescriptor mm;
  private final AddressRange range;
  private final @Nullable Mapping mapping;
  private final long pageOffset;

  @SuppressWarnings("unused") // accessed through FLAGS
  private long flags;

  @SuppressWarnings("unused") // accessed through WATCHER
  private @Nullable UserfaultWatcher watcher;

  /**
   * Creates a VMA that is in no tree and in no reverse map yet.
   *
   * @param mm the address space
   * @param range its addresses, page aligned, not empty, not wrapping
   * @param mapping the file, or null if it is anonymous
   * @param pageOffset the page index in the file of its first page; for an anonymous VMA the page
   *     number of the address at which it was first mapped, so that neighbours can merge until one
   *     of them is moved
   * @param flags bits of {@link org.mm4j.spi.VmaFlag}
   * @param watcher the userfaultfd that watches it, or null
   * @throws IllegalArgumentException if the range or the offset is no VMA's
   */
  public MappedVma(
      MemoryDescriptor mm,
      AddressRange range,
      @Nullable Mapping mapping,
      long pageOffset,
      long flags,
      @Nullable UserfaultWatcher watcher) {
    if (range.isEmpty() || range.wraps() || !range.isPageAligned() || pageOffset < 0) {
      throw new IllegalArgumentException("no VMA: " + range + ", page offset " + pageOffset);
    }
    this.mm = mm;
    this.range = range;
    this.mapping = mapping;
    this.pageOffset = pageOffset;
    this.flags = flags;
    this.watcher = watcher;
  }

  @Override
  public AddressRange range() {
    return range;
  }

  @Override
  public long pageOffset() {
    return pageOffset;
  }

  @Override
  public MemoryDescriptor mm() {
    return mm;
  }

  @Override
  public @Nullable Mapping mapping() {
    return mapping;
  }

  @Override
  public long flags() {
    return FLAGS.getOpaque(this);
  }

  @Override
  public @Nullable UserfaultWatcher watcher() {
    return WATCHER.get(this);
  }

  /**
   * Replaces the flags word in place, unordered. The mmap lock is held exclusively. Callers outside
   * of this package use {@link VmaLayout#change}, which also merges.
   */
  public void setFlags(long newFlags) {
    FLAGS.setOpaque(this, newFlags);
  }

  /** Replaces the watcher in place. The mmap lock is held exclusively. */
  public void setWatcher(@Nullable UserfaultWatcher newWatcher) {
    WATCHER.set(this, newWatcher);
  }

  /** Returns the first address. */
  long start() {
    return range.start();
  }

  /** Returns the address after the last one; a VMA's range never wraps. */
  long end() {
    return range.start() + range.lengthBytes();
  }

  /**
   * Returns a new VMA with the same file, flags and watcher for other addresses, with the offset
   * that these addresses have, or would have, in this VMA.
   */
  MappedVma piece(long fromAddress, long toAddress) {
    return piece(fromAddress, toAddress, flags(), watcher());
  }

  /** Returns a new VMA as {@link #piece(long, long)} does, with other flags and another watcher. */
  MappedVma piece(
      long fromAddress, long toAddress, long newFlags, @Nullable UserfaultWatcher newWatcher) {
    return new MappedVma(
        mm,
        AddressRange.between(fromAddress, toAddress),
        mapping,
        indexOf(fromAddress),
        newFlags,
        newWatcher);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "VMA 0x%x-0x%x flags 0x%x %s at page %d",
        start(),
        end(),
        flags(),
        mapping == null ? "anonymous" : mapping.name(),
        pageOffset);
  }
}
