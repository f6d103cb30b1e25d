/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

/** What a machine may or may not have. The first four are what {@link LinuxMemory#open} needs. */
public enum LinuxFeature {
  /** Java may call native code. */
  NATIVE_ACCESS,
  /** The kernel is Linux, on an architecture we know, with pages of 4 KiB. */
  KERNEL,
  /** Memory files ({@code memfd_create}). */
  MEMORY_FILES,
  /** Memory that is read and written inside a system call ({@code process_vm_readv}). */
  SAFE_ACCESS,
  /** userfaultfd that handles the faults of system calls, too. */
  USERFAULTFD,
  /** Huge pages for anonymous memory ({@code MADV_HUGEPAGE}). */
  HUGE_PAGES,
  /** {@code MADV_COLLAPSE} on anonymous memory. */
  COLLAPSE,
  /** {@code MADV_COLLAPSE} on memory files. */
  MEMORY_FILE_COLLAPSE,
  /** Settings of huge pages that can be changed. */
  HUGE_PAGE_SETTINGS,
  /** Page tables that can be looked at ({@code /proc/self/pagemap}). */
  PAGEMAP,
  /** Mappings that can be listed ({@code /proc/self/smaps}). */
  SMAPS
}
