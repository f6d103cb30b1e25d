/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Function;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.Vma;

/**
 * The one way in which VMAs come and go: some are exchanged for others, for all readers at once.
 *
 * <ol>
 *   <li>The new VMAs are opened. They are before the old ones are closed, so that a file does not
 *       lose its last VMA in between.
 *   <li>The tree gets its new root.
 *   <li>Each file's reverse map exchanges its old VMAs for its new ones under its lock, so that no
 *       reader of it misses a page index that stays mapped.
 *   <li>The old VMAs are closed.
 * </ol>
 *
 * <p>Between 2 and 3 a reader of the reverse map still sees the old VMAs. That does no harm: their
 * flags and those of the new ones agree on every page but those that are merged into a neighbour,
 * and of these nobody has been promised anything yet, because the mmap lock is still held.
 */
final class Exchange {
  private final VmaTree tree;
  private final List<MappedVma> old;
  private final List<MappedVma> replacement;

  private Exchange(VmaTree tree, List<MappedVma> old, List<MappedVma> replacement) {
    this.tree = tree;
    this.old = old;
    this.replacement = replacement;
  }

  /** Exchanges VMAs. The mmap lock is held exclusively, or nobody else has the address space. */
  static void publish(VmaTree tree, List<MappedVma> old, List<MappedVma> replacement) {
    new Exchange(tree, old, replacement).publish();
  }

  private void publish() {
    for (MappedVma vma : replacement) {
      Mapping mapping = vma.mapping();
      if (mapping != null) {
        mapping.operations().vmaOpened(vma);
      }
    }
    tree.replace(old, replacement);
    for (FilePart part : byFile()) {
      part.mapping.reverseMap().replace(part.old, part.replacement);
    }
    for (MappedVma vma : old) {
      Mapping mapping = vma.mapping();
      if (mapping != null) {
        mapping.operations().vmaClosed(vma);
      }
    }
  }

  /** The part of the exchange that concerns one file. */
  private record FilePart(Mapping mapping, List<Vma> old, List<Vma> replacement) {}

  /** Returns the parts in the order in which the files first occur. */
  private List<FilePart> byFile() {
    IdentityHashMap<Mapping, FilePart> partOf = new IdentityHashMap<>();
    List<FilePart> parts = new ArrayList<>(1);
    for (MappedVma vma : old) {
      addTo(parts, partOf, vma, FilePart::old);
    }
    for (MappedVma vma : replacement) {
      addTo(parts, partOf, vma, FilePart::replacement);
    }
    return parts;
  }

  private static void addTo(
      List<FilePart> parts,
      IdentityHashMap<Mapping, FilePart> partOf,
      MappedVma vma,
      Function<FilePart, List<Vma>> list) {
    Mapping mapping = vma.mapping();
    if (mapping == null) {
      return;
    }
    FilePart part = partOf.get(mapping);
    if (part == null) {
      part = new FilePart(mapping, new ArrayList<>(3), new ArrayList<>(3));
      partOf.put(mapping, part);
      parts.add(part);
    }
    list.apply(part).add(vma);
  }
}
