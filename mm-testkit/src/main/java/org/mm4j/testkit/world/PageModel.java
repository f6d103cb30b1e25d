/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one page of the file may be after each call, if calls came one after the other: the oracle,
 * independent of the kernel's code.
 *
 * @param content hole, allocated and never written, or data
 * @param stamp its first eight bytes
 * @param beyond whether it lies beyond the end of the file
 * @param mapped whether the guest maps it
 * @param armed whether the guest watches it
 * @param waited whether a thread waits in a fault for it
 */
record PageModel(
    Content content, long stamp, boolean beyond, boolean mapped, boolean armed, boolean waited) {
  /** What there is. */
  enum Content {
    HOLE,
    ALLOCATED,
    DATA
  }

  /** One way in which a call may go; null is to wait. */
  private record Way(@Nullable String result, PageModel next) {}

  /** Returns how a page begins. */
  static PageModel initial(WorldPlan plan, int page) {
    PagePattern pattern = plan.pattern();
    Content content =
        pattern.isPresent(page)
            ? Content.DATA
            : pattern.isAllocated(page) ? Content.ALLOCATED : Content.HOLE;
    int pages = plan.size().pages();
    int first = plan.watched().firstPage(pages);
    boolean mapped = page >= first && page < first + plan.watched().pageCount(pages);
    long stamp = content == Content.DATA ? World.initialStamp(page) : 0;
    return new PageModel(content, stamp, false, mapped, mapped && plan.armed(), false);
  }

  /**
   * Returns what the page may be after a call that answered what it did; empty if it cannot have
   * answered that.
   */
  List<PageModel> after(Call call, int page) {
    return ways(call, page).stream()
        .filter(way -> Objects.equals(way.result, call.result()))
        .map(Way::next)
        .toList();
  }

  private List<Way> ways(Call call, int page) {
    return switch (call.kind()) {
      case COLLAPSE -> collapse(call);
      case REGISTER -> answered(call, mapped ? watch(true) : this);
      case UNREGISTER -> waited ? List.of() : answered(call, watch(false));
      case UNMAP -> answered(call, with(content, stamp, beyond, false, false));
      case FORK -> answered(call, this);
      case COPY, ZERO -> fill(call);
      case FAULT_IN -> faultIn();
      case LOAD, STORE, PIN -> access(call);
      case READ -> one(beyond ? "beyond" : value(), this);
      case WRITE -> call.page() == page ? one("ok", data(call.stamp())) : one("ok", within());
      case PUNCH -> emptied(beyond);
      case TRUNCATE -> emptied(true);
      case SEEK_DATA, SEEK_HOLE -> one(isData() && !beyond ? Call.DATA : Call.HOLE, this);
      case RESIDENCY -> one(mapped ? isData() ? Call.DATA : Call.HOLE : "ENOMEM", this);
      case LOCKED_LOOKUP -> one(content == Content.HOLE ? Call.HOLE : Call.DATA, this);
      case FINAL -> one(beyond ? "beyond" : finalText(), this);
    };
  }

  private List<Way> collapse(Call call) {
    if (call.isCommitted()) {
      return answered(call, isData() ? this : with(Content.DATA, 0, beyond, mapped, armed));
    }
    return content == Content.ALLOCATED
        ? List.of(
            new Way(call.result(), this),
            new Way(call.result(), with(Content.DATA, 0, beyond, mapped, armed)))
        : answered(call, this);
  }

  private List<Way> fill(Call call) {
    if (!armed) {
      return one("not registered", this);
    }
    if (content != Content.HOLE) {
      return one("exists", this);
    }
    if (beyond) {
      return one("beyond", this);
    }
    // It wakes the threads that wait for this page.
    return waited ? List.of() : one("filled", data(call.stamp()));
  }

  /** It takes place or it does not, for example because the page is there when it is needed. */
  private List<Way> faultIn() {
    boolean possible = content != Content.DATA && mapped && !beyond;
    boolean watched = content == Content.HOLE && armed;
    return possible && !watched
        ? List.of(new Way("ok", this), new Way("ok", data(0)))
        : one("ok", this);
  }

  private List<Way> access(Call call) {
    if (!mapped || beyond) {
      return one("EFAULT", this);
    }
    if (content == Content.HOLE && armed) {
      return List.of(new Way(null, new PageModel(content, stamp, beyond, mapped, armed, true)));
    }
    return switch (call.kind()) {
      case LOAD -> one(value(), data(stamp));
      case STORE -> one("ok", data(call.stamp()));
      default -> one("ok", data(stamp));
    };
  }

  /** A page of a huge one that cannot be cut up is zeroed instead. */
  private List<Way> emptied(boolean beyondNow) {
    return List.of(
        new Way("ok", with(Content.HOLE, 0, beyondNow, mapped, armed)),
        new Way("ok", with(Content.DATA, 0, beyondNow, mapped, armed)));
  }

  private static List<Way> one(String result, PageModel next) {
    return List.of(new Way(result, next));
  }

  private static List<Way> answered(Call call, PageModel next) {
    return List.of(new Way(call.result(), next));
  }

  private boolean isData() {
    return content == Content.DATA;
  }

  private String value() {
    return "=" + stamp;
  }

  private String finalText() {
    return switch (content) {
      case HOLE -> Call.HOLE;
      case ALLOCATED -> "allocated";
      case DATA -> value();
    };
  }

  private PageModel data(long newStamp) {
    return with(Content.DATA, newStamp, false, mapped, armed);
  }

  private PageModel within() {
    return with(content, stamp, false, mapped, armed);
  }

  private PageModel watch(boolean now) {
    return with(content, stamp, beyond, mapped, now);
  }

  private PageModel with(
      Content newContent, long newStamp, boolean nowBeyond, boolean nowMapped, boolean nowArmed) {
    return new PageModel(newContent, newStamp, nowBeyond, nowMapped, nowArmed, waited);
  }
}
