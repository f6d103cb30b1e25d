/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mm4j.Pages;
import org.mm4j.UffdMessage;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.Placeholder;
import org.mm4j.testkit.InvariantChecker;
import org.mm4j.testkit.explore.RuleBroken;

/**
 * What must hold when every task of a world has ended or waits: the books agree, every page is what
 * some order of the calls makes it, and whoever waits has sent a message.
 */
final class RestChecks {
  private final World world;

  RestChecks(World world) {
    this.world = world;
  }

  void run() {
    world.endPins();
    booksAgree();
    everyPageIsExplained();
    whoeverWaitsHasSentAMessage();
  }

  private void booksAgree() {
    for (int page = 0; page < world.plan().size().pages(); page++) {
      if (world.pageCache().glance(page) instanceof Placeholder) {
        throw new RuleBroken("1.3", "page " + page + " holds a placeholder, and nothing runs");
      }
    }
    List<String> violations = InvariantChecker.check(world.audit());
    if (!violations.isEmpty()) {
      throw new RuleBroken("5.12", String.join("; ", violations));
    }
  }

  // ---------------------------------------------------------------- pages

  private void everyPageIsExplained() {
    for (int page = 0; page < world.plan().size().pages(); page++) {
      List<Call> calls = new ArrayList<>();
      for (Call call : world.journal().calls()) {
        if (concerns(call, page)) {
          if (call.mayFaultIn()) {
            calls.add(call.faultIn());
          }
          calls.add(call);
        }
      }
      calls.add(lastLook(page));
      PageModel initial = PageModel.initial(world.plan(), page);
      if (!Linearization.exists(initial, page, calls)) {
        Call blamed = Linearization.blame(initial, page, calls);
        throw new RuleBroken(
            ruleOf(blamed, calls),
            "no order of the calls explains page %d%s: %s"
                .formatted(page, blamed == null ? "" : ", because of " + blamed, calls));
      }
    }
  }

  private static boolean concerns(Call call, int page) {
    return switch (call.kind()) {
      case COLLAPSE, REGISTER, UNREGISTER, UNMAP -> true;
      case FORK -> false;
      case TRUNCATE -> page >= call.page();
      case WRITE -> page <= call.page(); // it may have moved the end of the file behind the page
      default -> page == call.page();
    };
  }

  private Call lastLook(int page) {
    Call call = new Call(Call.Kind.FINAL, page, 0);
    call.begin(Integer.MAX_VALUE);
    call.end(Integer.MAX_VALUE, content(page));
    return call;
  }

  private String content(int page) {
    if (World.offset(page) >= world.file().sizeBytes()) {
      return "beyond";
    }
    PageCacheEntry entry = world.pageCache().glance(page);
    if (entry == null) {
      return Call.HOLE;
    }
    if (entry instanceof Folio folio && !folio.isUpToDate()) {
      return "allocated";
    }
    MemorySegment value = World.segmentOf(0);
    world.file().read(World.offset(page), value);
    return "=" + World.valueOf(value);
  }

  /** The rule that is broken if this call cannot be explained. */
  private static String ruleOf(@Nullable Call blamed, List<Call> calls) {
    if (blamed == null) {
      return "0.4";
    }
    return switch (blamed.kind()) {
      case COPY, ZERO -> "exists".equals(blamed.result()) ? "0.2" : "6.6";
      case LOAD, STORE, PIN -> blamed.result() == null ? "6.7" : "0.5";
      case READ -> "0.5";
      case SEEK_DATA, SEEK_HOLE, RESIDENCY, LOCKED_LOOKUP -> "0.3";
      case FINAL -> ruleOfContent(blamed, calls);
      default -> "0.4";
    };
  }

  private static String ruleOfContent(Call last, List<Call> calls) {
    boolean allRefused =
        calls.stream().noneMatch(call -> call.kind() == Call.Kind.COLLAPSE && call.isCommitted());
    boolean isOnlyTheCollapses = calls.stream().allMatch(RestChecks::changesNoContent);
    if (isOnlyTheCollapses) {
      return allRefused ? "4.2" : "0.5";
    }
    return Call.HOLE.equals(last.result()) || allRefused ? "4.20" : "0.4";
  }

  private static boolean changesNoContent(Call call) {
    return switch (call.kind()) {
      case COPY, ZERO, FAULT_IN, LOAD, STORE, PIN, WRITE, PUNCH, TRUNCATE -> false;
      default -> true;
    };
  }

  // ---------------------------------------------------------------- messages

  private void whoeverWaitsHasSentAMessage() {
    Set<Integer> told = new HashSet<>();
    for (UffdMessage message = world.userfaultfd().poll();
        message != null;
        message = world.userfaultfd().poll()) {
      if (message instanceof UffdMessage.PageFault fault) {
        told.add((int) ((fault.address() - world.guestAddress(0)) >>> Pages.SHIFT));
      }
    }
    for (Call call : world.journal().calls()) {
      if (call.result() == null && !told.contains(call.page())) {
        throw new RuleBroken("6.3", "a thread waits, and nobody was told: " + call);
      }
    }
  }
}
