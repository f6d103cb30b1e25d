/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

/**
 * When two VMAs are one.
 *
 * <p>They touch, and nothing but their place tells them apart: the same flags, the same file with
 * the offset going on where the first one ends, the same userfaultfd. Anonymous VMAs carry the page
 * number of their first address as the offset, so the rule about offsets is the same for them.
 */
final class MergeRule {
  private MergeRule() {}

  /** Returns whether {@code right} is the continuation of {@code left}. */
  static boolean continues(MappedVma left, MappedVma right) {
    return left.end() == right.start()
        && left.flags() == right.flags()
        && Identity.same(left.mapping(), right.mapping())
        && left.endIndex() == right.pageOffset()
        && Identity.same(left.watcher(), right.watcher());
  }
}
