/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.Vma;

/** Checks what must be true of the VMAs of an address space between two operations. */
final class VmaInvariants {
  private VmaInvariants() {}

  /** Does what {@link VmaLayout#check} says. */
  static void check(MemoryDescriptor mm, VmaTree tree, Collection<? extends Mapping> files) {
    checkStructure(tree);
    checkNeighbours(tree);
    Set<Mapping> all = Collections.newSetFromMap(new IdentityHashMap<>());
    all.addAll(files);
    for (MappedVma vma : tree.all()) {
      require(Identity.same(vma.mm(), mm), "%s belongs to another address space", vma);
      Mapping mapping = vma.mapping();
      if (mapping != null) {
        all.add(mapping);
      }
    }
    all.forEach(file -> checkReverseMap(mm, tree, file));
  }

  /** Checks the nodes of a tree: entries, heights, counts, gaps. */
  static void checkStructure(VmaTree tree) {
    VmaNode top = tree.root();
    require(!(top instanceof VmaInner) || top.entryCount() >= 2, "a root with one child: %s", tree);
    checkNode(top);
  }

  private static void checkNode(VmaNode node) {
    require(node.entryCount() <= VmaNode.MOST_ENTRIES, "a node is too full: %s", node);
    switch (node) {
      case VmaLeaf leaf -> checkLeaf(leaf);
      case VmaInner inner -> checkInner(inner);
    }
  }

  private static void checkLeaf(VmaLeaf leaf) {
    long largest = 0;
    for (int i = 0; i < leaf.vmas.length; i++) {
      require(leaf.starts[i] == leaf.vmas[i].start(), "wrong start of %s", leaf.vmas[i]);
      if (i > 0) {
        largest = greater(largest, leaf.vmas[i].start() - leaf.vmas[i - 1].end());
      }
    }
    require(leaf.largestGapBytes() == largest, "wrong gap of %s", leaf);
  }

  private static void checkInner(VmaInner inner) {
    long largest = 0;
    int count = 0;
    for (int i = 0; i < inner.children.length; i++) {
      VmaNode child = inner.children[i];
      checkNode(child);
      require(child.entryCount() >= VmaNode.LEAST_ENTRIES, "a node is too empty: %s", child);
      require(child.height() == inner.height() - 1, "not balanced: %s", child);
      require(inner.starts[i] == child.start(), "wrong start of a child: %s", child);
      count += child.vmaCount();
      largest = greater(largest, child.largestGapBytes());
      if (i > 0) {
        largest = greater(largest, child.start() - inner.children[i - 1].end());
      }
    }
    require(inner.vmaCount() == count, "wrong count: %s", count);
    require(inner.largestGapBytes() == largest, "wrong gap from %s", inner.start());
  }

  private static long greater(long one, long other) {
    return Long.compareUnsigned(one, other) >= 0 ? one : other;
  }

  private static void checkNeighbours(VmaTree tree) {
    MappedVma previous = null;
    int count = 0;
    for (MappedVma vma : tree.all()) {
      if (previous != null) {
        require(
            Long.compareUnsigned(previous.end(), vma.start()) <= 0, "overlap or disorder: %s", vma);
        require(!MergeRule.continues(previous, vma), "not merged with what it continues: %s", vma);
      }
      previous = vma;
      count++;
    }
    require(count == tree.size(), "the iteration missed a VMA: %s", count);
  }

  private static void checkReverseMap(MemoryDescriptor mm, VmaTree tree, Mapping file) {
    if (!(file.reverseMap() instanceof IntervalReverseMap reverseMap)) {
      return;
    }
    reverseMap.check();
    int found = 0;
    for (Vma vma : reverseMap.vmas()) {
      if (Identity.same(vma.mm(), mm)) {
        require(
            tree.find(vma.range().start()) == vma, "in the reverse map, not in the tree: %s", vma);
        require(Identity.same(vma.mapping(), file), "in the reverse map of another file: %s", vma);
        found++;
      }
    }
    int expected = 0;
    for (MappedVma vma : tree.all()) {
      expected += Identity.same(vma.mapping(), file) ? 1 : 0;
    }
    require(found == expected, "VMAs that the reverse map lacks: %s", expected - found);
  }

  private static void require(boolean holds, String message, @Nullable Object subject) {
    if (!holds) {
      throw new IllegalStateException(message.replace("%s", String.valueOf(subject)));
    }
  }
}
