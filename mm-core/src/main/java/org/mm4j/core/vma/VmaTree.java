/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import java.lang.invoke.MethodHandles;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.sync.RefField;

/**
 * The VMAs of one address space in order of address: a B+tree whose nodes are never changed.
 *
 * <p>A change copies the nodes on the paths that it touches and then stores the new root, once.
 * Readers take no lock: each of the methods below loads the root once and works on that version, in
 * which no VMA is missing and no two overlap. Writers hold the mmap lock exclusively.
 *
 * <p>Every operation on one VMA is O(log n); finding allocates nothing. Addresses are unsigned.
 */
public final class VmaTree {
  private static final RefField<VmaNode> ROOT =
      RefField.of(MethodHandles.lookup(), VmaTree.class, "root", VmaNode.class);

  @SuppressWarnings("unused") // accessed through ROOT
  private VmaNode root = VmaLeaf.EMPTY;

  /** Creates a tree without VMAs. */
  public VmaTree() {}

  /** Returns the current version. */
  VmaNode root() {
    return Objects.requireNonNull(ROOT.get(this));
  }

  /** Returns the VMA that contains an address, or null. Lock-free. */
  public @Nullable MappedVma find(long address) {
    return find(root(), address);
  }

  private static @Nullable MappedVma find(VmaNode top, long address) {
    VmaNode node = top;
    while (true) {
      int entry = node.entryAtOrBelow(address);
      if (entry < 0) {
        return null;
      }
      if (node instanceof VmaLeaf leaf) {
        MappedVma vma = leaf.vmas[entry];
        return Long.compareUnsigned(address, vma.end()) < 0 ? vma : null;
      }
      node = ((VmaInner) node).children[entry];
    }
  }

  /** Returns the first VMA that ends above an address, or null. Lock-free. */
  public @Nullable MappedVma next(long address) {
    return next(root(), address);
  }

  /** Returns the first VMA of a version that ends above an address, or null. */
  static @Nullable MappedVma next(VmaNode top, long address) {
    VmaNode node = top;
    VmaNode right = null;
    while (node instanceof VmaInner inner) {
      int entry = Math.max(0, inner.entryAtOrBelow(address));
      if (entry + 1 < inner.children.length) {
        right = inner.children[entry + 1];
      }
      node = inner.children[entry];
    }
    MappedVma[] vmas = ((VmaLeaf) node).vmas;
    int entry = node.entryAtOrBelow(address);
    if (entry >= 0 && Long.compareUnsigned(address, vmas[entry].end()) < 0) {
      return vmas[entry];
    }
    if (entry + 1 < vmas.length) {
      return vmas[entry + 1];
    }
    return right == null ? null : first(right);
  }

  private static MappedVma first(VmaNode top) {
    VmaNode node = top;
    while (node instanceof VmaInner inner) {
      node = inner.children[0];
    }
    return ((VmaLeaf) node).vmas[0];
  }

  /**
   * Returns the VMAs that share an address with a range that does not wrap, in order of address.
   * Each iteration runs over the version that is current when it begins, whatever changes later.
   */
  public Iterable<MappedVma> in(AddressRange range) {
    long end = range.end();
    return () -> new VmaIterator(root(), range.start(), end);
  }

  /** Returns all VMAs, as {@link #in} does. */
  public Iterable<MappedVma> all() {
    return () -> new VmaIterator(root(), 0, -1L);
  }

  /** Returns how many VMAs there are. Lock-free. */
  public int size() {
    return root().vmaCount();
  }

  /**
   * Finds free addresses as Linux's top-down search does: the highest gap that has room for the
   * length at any alignment, and in it the highest aligned address.
   *
   * <p>A gap in which the length only just fits, because it happens to lie well, is passed over
   * when the alignment is larger than a page; that is what makes the search O(log n), and Linux
   * answers the same.
   *
   * @param lengthBytes how much, a positive multiple of the page size, unsigned
   * @param alignBytes a power of two, at least the page size
   * @param lowest the lowest address permitted
   * @param highest the address below which the whole must lie: {@code mmap_base}
   * @return the address, or empty if there is none
   */
  public OptionalLong findGap(long lengthBytes, long alignBytes, long lowest, long highest) {
    return GapSearch.topDown(root(), lengthBytes, alignBytes, lowest, highest);
  }

  /**
   * Adds a VMA.
   *
   * @throws IllegalArgumentException if it overlaps another; nothing changed
   */
  public void insert(MappedVma vma) {
    publish(insertInto(root(), vma));
  }

  /**
   * Removes a VMA.
   *
   * @throws IllegalArgumentException if it is not in the tree; nothing changed
   */
  public void remove(MappedVma vma) {
    publish(removeFrom(root(), vma));
  }

  /**
   * Removes VMAs and adds others; readers see all of it or nothing.
   *
   * @throws IllegalArgumentException if one of {@code old} is not in the tree, or the rest would
   *     overlap; nothing changed
   */
  public void replace(List<MappedVma> old, List<MappedVma> replacement) {
    VmaNode version = root();
    for (MappedVma vma : old) {
      version = removeFrom(version, vma);
    }
    for (MappedVma vma : replacement) {
      version = insertInto(version, vma);
    }
    publish(version);
  }

  /** Returns the VMAs of the current version, for tests and messages. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    Iterator<MappedVma> each = all().iterator();
    while (each.hasNext()) {
      text.append(each.next()).append('\n');
    }
    return text.toString();
  }

  private void publish(VmaNode version) {
    ROOT.set(this, version);
  }

  private static VmaNode insertInto(VmaNode top, MappedVma vma) {
    MappedVma other = next(top, vma.start());
    if (other != null && Long.compareUnsigned(other.start(), vma.end()) < 0) {
      throw new IllegalArgumentException(vma + " overlaps " + other);
    }
    VmaNode[] grown = top.with(vma);
    return grown.length == 1 ? grown[0] : new VmaInner(grown);
  }

  private static VmaNode removeFrom(VmaNode top, MappedVma vma) {
    if (find(top, vma.start()) != vma) {
      throw new IllegalArgumentException(vma + " is not in the tree");
    }
    VmaNode shrunk = top.without(vma);
    return shrunk instanceof VmaInner inner && inner.children.length == 1
        ? inner.children[0]
        : shrunk;
  }
}
