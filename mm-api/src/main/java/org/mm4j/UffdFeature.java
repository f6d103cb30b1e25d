/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/** Features of the userfaultfd handshake ({@code UFFD_FEATURE_*}), in the order of their bits. */
public enum UffdFeature {
  /** Write-protect mode on anonymous memory. */
  PAGEFAULT_FLAG_WP(0),
  /** Messages about fork. */
  EVENT_FORK(1),
  /** Messages about mremap. */
  EVENT_REMAP(2),
  /** Messages about pages that are dropped. */
  EVENT_REMOVE(3),
  /** Missing mode on hugetlbfs. */
  MISSING_HUGETLBFS(4),
  /** Missing mode on shmem. */
  MISSING_SHMEM(5),
  /** Messages about munmap. */
  EVENT_UNMAP(6),
  /** SIGBUS instead of messages. */
  SIGBUS(7),
  /** Messages carry the faulting thread. */
  THREAD_ID(8),
  /** Minor mode on hugetlbfs. */
  MINOR_HUGETLBFS(9),
  /** Minor mode on shmem. */
  MINOR_SHMEM(10),
  /** Messages carry the exact address. */
  EXACT_ADDRESS(11),
  /** Write-protect mode on hugetlbfs and shmem. */
  WP_HUGETLBFS_SHMEM(12),
  /** Write protection of pages that are not there. */
  WP_UNPOPULATED(13),
  /** Pages that can be marked as poisoned. */
  POISON(14),
  /** Write protection that the kernel lifts by itself. */
  WP_ASYNC(15),
  /** Pages that can be moved. */
  MOVE(16);

  private final int position;

  UffdFeature(int position) {
    this.position = position;
  }

  /** Returns Linux's bit. */
  public long bit() {
    return 1L << position;
  }
}
