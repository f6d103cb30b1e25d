/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.memory;

import org.mm4j.UserAddresses;

/**
 * Where things lie in a guest's address space. The first GiB belongs to the program and its heap;
 * the 8 MiB after it stay free for programs that map there without asking.
 */
public final class MemoryLayout {
  /** Alignment of everything that may become huge. */
  public static final long HUGE_PAGE_BYTES = 2L << 20;

  /** The size of the main stack in bytes, mapped whole: untouched pages cost nothing. */
  public static final long STACK_BYTES = 8L << 20;

  /** The address after the main stack; aligned, so that the stack can become huge. */
  public static final long STACK_END = UserAddresses.END - HUGE_PAGE_BYTES;

  /** Where the signal trampoline is mapped: one page. */
  public static final long TRAMPOLINE = STACK_END + (HUGE_PAGE_BYTES >> 1);

  /** Mappings grow downwards from here. */
  static final long MMAP_END = STACK_END - STACK_BYTES - (128L << 20);

  /** Mappings that may be anywhere are not below this. */
  static final long MMAP_START = 1L << 37;

  /** Position-independent programs are loaded here. */
  public static final long PIE_BASE = 1L << 36;

  /** No segment may reach beyond this. */
  public static final long PROGRAM_END = 1L << 46;

  /** The heap of a program in the first GiB may grow up to this. */
  static final long LOW_HEAP_END = 1L << 30;

  /** How far any other heap may grow. */
  static final long HEAP_BYTES = 64L << 30;

  private MemoryLayout() {}
}
