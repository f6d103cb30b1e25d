/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mm4j.Errno;
import org.mm4j.ScanResult;

/** The results of Linux 6.18: number, trace text, errno of MADV_COLLAPSE, whether it goes on. */
final class ScanResultTableTest {
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
           0, FAIL,                 failed,                                     EINVAL, false
           1, SUCCEED,              succeeded,                                        , true
           2, PMD_NULL,             pmd_null,                                   EINVAL, true
           3, PMD_NONE,             pmd_none,                                   EINVAL, false
           4, PMD_MAPPED,           page_pmd_mapped,                                  , true
           5, EXCEED_NONE_PTE,      exceed_none_pte,                            EBUSY,  false
           6, EXCEED_SWAP_PTE,      exceed_swap_pte,                            EINVAL, false
           7, EXCEED_SHARED_PTE,    exceed_shared_pte,                          EINVAL, false
           8, PTE_NON_PRESENT,      pte_non_present,                            EINVAL, true
           9, PTE_UFFD_WP,          pte_uffd_wp,                                EINVAL, true
          11, LACK_REFERENCED_PAGE, lack_referenced_page,                       EINVAL, true
          12, PAGE_NULL,            page_null,                                  EINVAL, true
          13, ABORT,                scan_aborted,                               EINVAL, false
          14, PAGE_COUNT,           not_suitable_page_count,                    EAGAIN, true
          15, PAGE_LRU,             page_not_in_lru,                            EAGAIN, true
          16, PAGE_LOCK,            page_locked,                                EAGAIN, true
          17, PAGE_ANON,            page_not_anon,                              EINVAL, false
          18, PAGE_COMPOUND,        page_compound,                              EINVAL, true
          19, ANY_PROCESS,          no_process_for_page,                        EINVAL, false
          20, VMA_NULL,             vma_null,                                   EINVAL, false
          21, VMA_CHECK,            vma_check_failed,                           EINVAL, false
          22, ADDRESS_RANGE,        not_suitable_address_range,                 EINVAL, false
          23, DEL_PAGE_LRU,         could_not_delete_page_from_lru,             EAGAIN, true
          24, ALLOC_HUGE_PAGE_FAIL, alloc_huge_page_failed,                     ENOMEM, false
          25, CGROUP_CHARGE_FAIL,   ccgroup_charge_failed,                      EBUSY,  false
          26, TRUNCATED,            truncated,                                  EINVAL, false
          27, PAGE_HAS_PRIVATE,     page_has_private,                           EINVAL, false
          28, STORE_FAILED,         store_failed,                               EINVAL, false
          29, COPY_MC,              copy_poisoned_page,                         EINVAL, false
          30, PAGE_FILLED,          page_filled,                                EAGAIN, false
          """)
  void rule_5_8_isLinuxs(
      int number, ScanResult result, String traceText, Errno errno, boolean goesOn) {
    assertEquals(number, result.number());
    assertEquals(traceText, result.traceText());
    assertEquals(errno, result.errno().orElse(null));
    assertEquals(goesOn, result.continuesMadvise());
    assertEquals(errno == null, result.countsAsHuge());
  }

  /** MADV_COLLAPSE never ends with it: it becomes what installing the huge entry answers. */
  @Test
  void pteMappedHugepageIsOnTheWay() {
    assertEquals(10, ScanResult.PTE_MAPPED_HUGEPAGE.number());
    assertEquals("pte_mapped_hugepage", ScanResult.PTE_MAPPED_HUGEPAGE.traceText());
    assertEquals(31, ScanResult.values().length);
  }
}
