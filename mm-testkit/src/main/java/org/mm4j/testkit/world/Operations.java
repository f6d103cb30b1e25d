/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import org.mm4j.Access;
import org.mm4j.AddressRange;
import org.mm4j.Advice;
import org.mm4j.FillFlag;
import org.mm4j.FillOutcome;
import org.mm4j.MemoryException;
import org.mm4j.PageRange;
import org.mm4j.Pages;
import org.mm4j.UffdMode;
import org.mm4j.spi.PageCacheCursor;

/**
 * The operations that are explored. Those about "the hole" and "the page" mean the last hole and
 * the last page of the world's pattern.
 *
 * <p>Each stores a stamp of its own, so that it can be told whose bytes are in a page.
 */
public final class Operations {
  private static final long COPY_STAMP = 100;
  private static final long STORE_STAMP = 200;
  private static final long WRITE_STAMP = 300;
  private static final Set<FillFlag> NO_FLAGS = EnumSet.noneOf(FillFlag.class);

  private Operations() {}

  // ---------------------------------------------------------------- collapse

  /** {@code MADV_COLLAPSE} through the other address space. */
  public static Operation collapse() {
    return on(
        "collapse",
        Call.Kind.COLLAPSE,
        world -> -1,
        0,
        (world, page) -> {
          world.other().advise(world.otherRange(), Advice.COLLAPSE);
          return "ok";
        });
  }

  /** A round of khugepaged that looks at one range. */
  public static Operation scan() {
    return on(
        "scan",
        Call.Kind.COLLAPSE,
        world -> -1,
        0,
        (world, page) -> {
          world.system().hugePages().scanOnce();
          return "ok";
        });
  }

  // ---------------------------------------------------------------- userfaultfd

  /** {@code UFFDIO_REGISTER} of the whole mapping: the reverse-map lock is not taken. */
  public static Operation register() {
    return on(
        "register",
        Call.Kind.REGISTER,
        world -> -1,
        0,
        (world, page) -> {
          world.userfaultfd().register(world.guestRange(), Set.of(UffdMode.MISSING));
          return "ok";
        });
  }

  /** {@code UFFDIO_UNREGISTER} of the whole mapping. */
  public static Operation unregister() {
    return on(
        "unregister",
        Call.Kind.UNREGISTER,
        world -> -1,
        0,
        (world, page) -> {
          world.userfaultfd().unregister(world.guestRange());
          return "ok";
        });
  }

  /** {@code UFFDIO_COPY} into the hole. */
  public static Operation copy() {
    return on(
        "copy",
        Call.Kind.COPY,
        Operations::hole,
        COPY_STAMP,
        (world, page) -> {
          long[] content = new long[Pages.SIZE_BYTES / Long.BYTES];
          content[0] = COPY_STAMP;
          return text(
              world
                  .userfaultfd()
                  .copy(world.guestAddress(page), MemorySegment.ofArray(content), NO_FLAGS));
        });
  }

  /** {@code UFFDIO_ZEROPAGE} into the hole. */
  public static Operation zeropage() {
    return on(
        "zeropage",
        Call.Kind.ZERO,
        Operations::hole,
        0,
        (world, page) -> text(world.userfaultfd().zero(guestPage(world, page), NO_FLAGS)));
  }

  private static String text(FillOutcome outcome) {
    return switch (outcome) {
      case FillOutcome.Filled filled -> "filled";
      case FillOutcome.AlreadyPresent present -> "exists";
      case FillOutcome.NotRegistered none -> "not registered";
      case FillOutcome.OutOfRange beyond -> "beyond";
      case FillOutcome.Retry retry -> "retry";
      case FillOutcome.Gone gone -> "gone";
    };
  }

  // ---------------------------------------------------------------- the guest

  /** A load from the hole. */
  public static Operation loadHole() {
    return load("load-hole", Operations::hole);
  }

  /** A load from the page. */
  public static Operation loadPage() {
    return load("load-page", Operations::page);
  }

  private static Operation load(String name, Place place) {
    return on(
        name,
        Call.Kind.LOAD,
        place,
        0,
        (world, page) -> {
          MemorySegment value = World.segmentOf(0);
          world.guest().read(world.guestAddress(page), value);
          return "=" + World.valueOf(value);
        });
  }

  /** A store to the hole. */
  public static Operation storeHole() {
    return store("store-hole", Operations::hole);
  }

  /** A store to the page. */
  public static Operation storePage() {
    return store("store-page", Operations::page);
  }

  private static Operation store(String name, Place place) {
    return on(
        name,
        Call.Kind.STORE,
        place,
        STORE_STAMP,
        (world, page) -> {
          world.guest().write(world.guestAddress(page), World.segmentOf(STORE_STAMP));
          return "ok";
        });
  }

  /** A pin of the page, which the world ends when nothing runs any more. */
  public static Operation pinPage() {
    return on(
        "pin-page",
        Call.Kind.PIN,
        Operations::page,
        0,
        (world, page) -> {
          world.keep(world.guest().pin(guestPage(world, page), Access.READ));
          return "ok";
        });
  }

  /** {@code munmap} of the guest's mapping. */
  public static Operation unmap() {
    return on(
        "unmap",
        Call.Kind.UNMAP,
        world -> -1,
        0,
        (world, page) -> {
          world.guest().unmap(world.guestRange());
          return "ok";
        });
  }

  /** {@code fork} of the guest; the child stays until the world ends. */
  public static Operation fork() {
    return on(
        "fork",
        Call.Kind.FORK,
        world -> -1,
        0,
        (world, page) -> {
          world.guest().fork();
          return "ok";
        });
  }

  // ---------------------------------------------------------------- the file

  /** A write to the hole. */
  public static Operation writeHole() {
    return write("write-hole", Operations::hole);
  }

  /** A write to the page. */
  public static Operation writePage() {
    return write("write-page", Operations::page);
  }

  private static Operation write(String name, Place place) {
    return on(
        name,
        Call.Kind.WRITE,
        place,
        WRITE_STAMP,
        (world, page) -> {
          world.file().write(World.offset(page), World.segmentOf(WRITE_STAMP));
          return "ok";
        });
  }

  /** A read of the page from the file. */
  public static Operation readPage() {
    return on(
        "read-page",
        Call.Kind.READ,
        Operations::page,
        0,
        (world, page) -> {
          MemorySegment value = World.segmentOf(0);
          int bytes = world.file().read(World.offset(page), value);
          return bytes == 0 ? "beyond" : "=" + World.valueOf(value);
        });
  }

  /** {@code FALLOC_FL_PUNCH_HOLE} of the page. */
  public static Operation punchPage() {
    return on(
        "punch-page",
        Call.Kind.PUNCH,
        Operations::page,
        0,
        (world, page) -> {
          world.file().punchHole(World.offset(page), Pages.SIZE_BYTES);
          return "ok";
        });
  }

  /** {@code ftruncate} that cuts off the page. */
  public static Operation truncate() {
    return on(
        "truncate",
        Call.Kind.TRUNCATE,
        Operations::page,
        0,
        (world, page) -> {
          world.file().truncate(World.offset(page));
          return "ok";
        });
  }

  // ---------------------------------------------------------------- looking

  /** {@code SEEK_HOLE} at the hole: without a lock. */
  public static Operation seekHole() {
    return on(
        "seek-hole",
        Call.Kind.SEEK_HOLE,
        Operations::hole,
        0,
        (world, page) -> found(world.file().seekHole(World.offset(page)), page, Call.HOLE));
  }

  /** {@code SEEK_DATA} at the page: without a lock. */
  public static Operation seekData() {
    return on(
        "seek-data",
        Call.Kind.SEEK_DATA,
        Operations::page,
        0,
        (world, page) -> found(world.file().seekData(World.offset(page)), page, Call.DATA));
  }

  private static String found(OptionalLong offset, int page, String what) {
    boolean here = offset.isPresent() && offset.getAsLong() == World.offset(page);
    return here ? what : what.equals(Call.HOLE) ? Call.DATA : Call.HOLE;
  }

  /** {@code mincore} of the hole: without a lock of the file. */
  public static Operation residencyOfHole() {
    return residency("mincore-hole", Operations::hole);
  }

  /** {@code mincore} of the page. */
  public static Operation residencyOfPage() {
    return residency("mincore-page", Operations::page);
  }

  private static Operation residency(String name, Place place) {
    return on(
        name,
        Call.Kind.RESIDENCY,
        place,
        0,
        (world, page) ->
            world.guest().residency(guestPage(world, page)).get(0) ? Call.DATA : Call.HOLE);
  }

  /** A look at the hole in the page cache, with its lock held. */
  public static Operation lockedLookup() {
    return on(
        "locked-lookup",
        Call.Kind.LOCKED_LOOKUP,
        Operations::hole,
        0,
        (world, page) -> {
          PageCacheCursor cursor = world.pageCache().cursor(new PageRange(page, 1));
          cursor.lock();
          try {
            return cursor.load(page) == null ? Call.HOLE : Call.DATA;
          } finally {
            cursor.unlock();
          }
        });
  }

  // ---------------------------------------------------------------- all of them

  /** Which page an operation is about, or -1. */
  private interface Place {
    int in(World world);
  }

  private interface Answer {
    String of(World world, int page) throws Exception;
  }

  private static int hole(World world) {
    return world.plan().pattern().hole();
  }

  private static int page(World world) {
    return world.plan().pattern().page();
  }

  private static AddressRange guestPage(World world, int page) {
    return new AddressRange(world.guestAddress(page), Pages.SIZE_BYTES);
  }

  /** Writes the call and its answer into the journal; an errno is an answer. */
  private static Operation on(String name, Call.Kind kind, Place place, long stamp, Answer answer) {
    return new Operation(
        name,
        world -> {
          int page = place.in(world);
          Call call = world.journal().begin(kind, page, stamp);
          String result;
          try {
            result = answer.of(world, page);
          } catch (MemoryException e) {
            result = e.errno().name();
          }
          world.journal().end(call, result);
        });
  }
}
