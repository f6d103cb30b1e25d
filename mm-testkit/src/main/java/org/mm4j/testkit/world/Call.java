/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * One call of an operation: what was asked, when it began and ended, and what it answered. Times
 * are numbers of the {@link Journal}; a call that has not ended waits.
 */
public final class Call {
  /** Kinds of calls. */
  public enum Kind {
    /** A collapse of the whole file, whoever asked. */
    COLLAPSE,
    /** {@code UFFDIO_REGISTER} of the guest's mapping. */
    REGISTER,
    /** {@code UFFDIO_UNREGISTER}. */
    UNREGISTER,
    /** {@code UFFDIO_COPY} of one page. */
    COPY,
    /** {@code UFFDIO_ZEROPAGE} of one page. */
    ZERO,
    /** What a load, a store or a pin does first, if the page is missing and nobody watches it. */
    FAULT_IN,
    /** A load of the guest. */
    LOAD,
    /** A store of the guest. */
    STORE,
    /** A read of the file. */
    READ,
    /** A write to the file. */
    WRITE,
    /** {@code FALLOC_FL_PUNCH_HOLE} of one page. */
    PUNCH,
    /** {@code ftruncate}: the page is the first that goes. */
    TRUNCATE,
    /** {@code SEEK_DATA}, at one page. */
    SEEK_DATA,
    /** {@code SEEK_HOLE}, at one page. */
    SEEK_HOLE,
    /** {@code mincore} of one page. */
    RESIDENCY,
    /** A look into the page cache with its lock held. */
    LOCKED_LOOKUP,
    /** A pin of one page. */
    PIN,
    /** {@code munmap} of the guest's mapping. */
    UNMAP,
    /** {@code fork} of the guest. */
    FORK,
    /** What is there when every task has ended. */
    FINAL
  }

  /** The answer of whoever found that a page is not there. */
  public static final String HOLE = "hole";

  /** The answer of whoever found that a page is there. */
  public static final String DATA = "data";

  private final Kind kind;
  private final int page;
  private final long stamp;
  private int begun = -1;
  private int ended = Integer.MAX_VALUE;
  private @Nullable String result;
  private boolean committed;

  /** Pages that were empty at some time since the call began. */
  final BitSet seenEmpty = new BitSet();

  /**
   * Pages that were empty at some time since the call began, and not filled by a collapse after.
   */
  final BitSet emptyAndNotFilled = new BitSet();

  /** The registration that lasted when the call began, or 0. */
  int registration;

  /**
   * Creates a call that has not begun.
   *
   * @param page the page it is about, or -1 for all
   * @param stamp what it stores, or 0
   */
  Call(Kind kind, int page, long stamp) {
    this.kind = kind;
    this.page = page;
    this.stamp = stamp;
  }

  /** Returns what was asked. */
  public Kind kind() {
    return kind;
  }

  /** Returns the page it is about, or -1. */
  public int page() {
    return page;
  }

  /** Returns what it stores. */
  public long stamp() {
    return stamp;
  }

  /** Returns what it answered, or null if it waits. */
  public @Nullable String result() {
    return result;
  }

  /** Returns whether a collapse on behalf of this call was committed. */
  public boolean isCommitted() {
    return committed;
  }

  /** Returns whether it may bring its page in before it does what it is for. */
  boolean mayFaultIn() {
    return kind == Kind.LOAD || kind == Kind.STORE || kind == Kind.PIN;
  }

  /** Returns what it does first, which may have taken place at any time since it began. */
  Call faultIn() {
    Call fault = new Call(Kind.FAULT_IN, page, 0);
    fault.begun = begun;
    fault.ended = ended;
    fault.result = "ok";
    return fault;
  }

  boolean endedBefore(Call other) {
    return ended < other.begun;
  }

  void begin(int time) {
    begun = time;
  }

  void end(int time, String answer) {
    ended = time;
    result = answer;
  }

  void commit() {
    committed = true;
  }

  @Override
  public String toString() {
    String where = page < 0 ? "" : " " + page;
    String outcome = result == null ? "waits" : result;
    return kind + where + (stamp == 0 ? "" : " " + stamp) + ": " + outcome;
  }
}
