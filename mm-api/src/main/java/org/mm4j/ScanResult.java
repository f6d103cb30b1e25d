/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of a look at one huge-page range: Linux 6.18's {@code enum scan_result}, with the
 * text its trace events print and the errno {@code MADV_COLLAPSE} answers.
 *
 * <p>{@link #EXCEED_NONE_PTE} also means that a userfaultfd watches a hole of the range, as in
 * Linux.
 */
public enum ScanResult {
  /** It failed for a reason without a name of its own. */
  FAIL(0, "failed", Errno.EINVAL, false),
  /** The range is huge now. */
  SUCCEED(1, "succeeded", null, true),
  /** There is no table that would hold the entry. */
  PMD_NULL(2, "pmd_null", Errno.EINVAL, true),
  /** The entry is empty. */
  PMD_NONE(3, "pmd_none", Errno.EINVAL, false),
  /** The range is mapped by a huge entry already. */
  PMD_MAPPED(4, "page_pmd_mapped", null, true),
  /** Too many holes, or a hole that a userfaultfd watches. */
  EXCEED_NONE_PTE(5, "exceed_none_pte", Errno.EBUSY, false),
  /** Too many pages are swapped out. */
  EXCEED_SWAP_PTE(6, "exceed_swap_pte", Errno.EINVAL, false),
  /** Too many pages are shared. */
  EXCEED_SHARED_PTE(7, "exceed_shared_pte", Errno.EINVAL, false),
  /** An entry is neither present nor empty. */
  PTE_NON_PRESENT(8, "pte_non_present", Errno.EINVAL, true),
  /** An entry is write-protected by a userfaultfd. */
  PTE_UFFD_WP(9, "pte_uffd_wp", Errno.EINVAL, true),
  /** The file has a huge page there, mapped by small entries. */
  PTE_MAPPED_HUGEPAGE(10, "pte_mapped_hugepage", Errno.EINVAL, true),
  /** No page was referenced lately. */
  LACK_REFERENCED_PAGE(11, "lack_referenced_page", Errno.EINVAL, true),
  /** There is no page where one must be. */
  PAGE_NULL(12, "page_null", Errno.EINVAL, true),
  /** The pages lie on nodes too far apart. */
  ABORT(13, "scan_aborted", Errno.EINVAL, false),
  /** Somebody else holds a reference to a page. */
  PAGE_COUNT(14, "not_suitable_page_count", Errno.EAGAIN, true),
  /** A page is not on the LRU. */
  PAGE_LRU(15, "page_not_in_lru", Errno.EAGAIN, true),
  /** A page is locked. */
  PAGE_LOCK(16, "page_locked", Errno.EAGAIN, true),
  /** A page is not anonymous. */
  PAGE_ANON(17, "page_not_anon", Errno.EINVAL, false),
  /** A page belongs to a large folio. */
  PAGE_COMPOUND(18, "page_compound", Errno.EINVAL, true),
  /** The process is going away. */
  ANY_PROCESS(19, "no_process_for_page", Errno.EINVAL, false),
  /** Nothing is mapped there any more. */
  VMA_NULL(20, "vma_null", Errno.EINVAL, false),
  /** The mapping is not, or no longer, eligible. */
  VMA_CHECK(21, "vma_check_failed", Errno.EINVAL, false),
  /** The range does not fit the mapping. */
  ADDRESS_RANGE(22, "not_suitable_address_range", Errno.EINVAL, false),
  /** A page could not be taken off the LRU. */
  DEL_PAGE_LRU(23, "could_not_delete_page_from_lru", Errno.EAGAIN, true),
  /** There is no huge page. */
  ALLOC_HUGE_PAGE_FAIL(24, "alloc_huge_page_failed", Errno.ENOMEM, false),
  /** The account may not have a huge page more. */
  CGROUP_CHARGE_FAIL(25, "ccgroup_charge_failed", Errno.EBUSY, false),
  /** The file was truncated, or the range has no page at all. */
  TRUNCATED(26, "truncated", Errno.EINVAL, false),
  /** A page has private data of its file system. */
  PAGE_HAS_PRIVATE(27, "page_has_private", Errno.EINVAL, false),
  /** A slot could not be stored. */
  STORE_FAILED(28, "store_failed", Errno.EINVAL, false),
  /** The content of a page could not be copied. */
  COPY_MC(29, "copy_poisoned_page", Errno.EINVAL, false),
  /** A hole was filled by somebody else meanwhile. */
  PAGE_FILLED(30, "page_filled", Errno.EAGAIN, false);

  private final int number;
  private final String traceText;
  private final @Nullable Errno errno;
  private final boolean continues;

  ScanResult(int number, String traceText, @Nullable Errno errno, boolean continues) {
    this.number = number;
    this.traceText = traceText;
    this.errno = errno;
    this.continues = continues;
  }

  /** Returns Linux 6.18's number. */
  public int number() {
    return number;
  }

  /** Returns the text of the trace events, Linux's spelling included. */
  public String traceText() {
    return traceText;
  }

  /** Returns what {@code MADV_COLLAPSE} answers, or nothing if the result counts as huge. */
  public Optional<Errno> errno() {
    return Optional.ofNullable(errno);
  }

  /** Returns whether {@code MADV_COLLAPSE} goes on with the next range after this result. */
  public boolean continuesMadvise() {
    return continues;
  }

  /** Returns whether the range counts as huge for {@code MADV_COLLAPSE}. */
  public boolean countsAsHuge() {
    return errno == null;
  }
}
