/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.mm4j.AddressRange;
import org.mm4j.MapFlag;
import org.mm4j.MapRequest;
import org.mm4j.Pages;
import org.mm4j.Protection;
import org.mm4j.UffdFeature;
import org.mm4j.UffdMessage;
import org.mm4j.UffdMode;

/**
 * A program that faults once per page in one of the modes of access, while garbage is collected
 * between the fault and its filling: the moment at which a JVM that cannot reach a safepoint stands
 * still. Prints what it is up to.
 */
final class FaultStorm {
  private static final int GC_EVERY = 200;

  private final LinuxAddressSpace space;
  private final LinuxUserfaultfd userfaultfd;
  private final long address;
  private final int pages;
  private final AtomicInteger handled = new AtomicInteger();

  private FaultStorm(LinuxMemory memory, int pages, UffdFeature... features) {
    this.space = memory.newAddressSpace();
    this.pages = pages;
    this.address =
        space.map(
            new MapRequest(
                0,
                (long) pages * Pages.SIZE_BYTES,
                EnumSet.of(Protection.READ, Protection.WRITE),
                EnumSet.of(MapFlag.PRIVATE, MapFlag.ANONYMOUS),
                null,
                0));
    this.userfaultfd = space.userfaultfd(Set.of());
    userfaultfd.handshake(Set.of(features));
    userfaultfd.register(range(), Set.of(UffdMode.MISSING));
  }

  public static void main(String[] arguments) throws InterruptedException {
    int pages = Integer.parseInt(arguments[1]);
    try (LinuxMemory memory = LinuxMemory.open()) {
      switch (arguments[0]) {
        case "native" -> new FaultStorm(memory, pages).nativeCalls();
        case "sigbus" -> new FaultStorm(memory, pages, UffdFeature.SIGBUS).sigbus();
        case "elsewhere" -> new FaultStorm(memory, pages).handledElsewhere();
        case "unsafe" -> new FaultStorm(memory, pages).unsafe();
        default -> throw new IllegalArgumentException(arguments[0]);
      }
    }
    say("done");
  }

  private static void say(String text) {
    System.out.println(text);
    System.out.flush();
  }

  private AddressRange range() {
    return new AddressRange(address, (long) pages * Pages.SIZE_BYTES);
  }

  private long page(int index) {
    return address + (long) index * Pages.SIZE_BYTES;
  }

  private void handleHere() {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              byte[] content = new byte[Pages.SIZE_BYTES];
              content[0] = 7;
              try {
                while (true) {
                  UffdMessage.PageFault fault = (UffdMessage.PageFault) userfaultfd.take();
                  if (handled.getAndIncrement() % GC_EVERY == 0) {
                    System.gc();
                  }
                  userfaultfd.copy(fault.address(), MemorySegment.ofArray(content), Set.of());
                }
              } catch (InterruptedException | IllegalStateException e) {
                say("handler ends");
              }
            });
  }

  private void nativeCalls() {
    handleHere();
    say("started");
    byte[] one = new byte[1];
    for (int i = 0; i < pages; i++) {
      space.read(page(i), MemorySegment.ofArray(one));
      check(one[0], i);
    }
    checkHandled();
  }

  private void sigbus() {
    byte[] content = new byte[Pages.SIZE_BYTES];
    content[0] = 7;
    say("started");
    byte[] value = new byte[1];
    int missed = 0;
    try (DirectView view = space.view(range(), ViewMode.SIGBUS)) {
      MemorySegment segment = view.segment();
      for (int i = 0; i < pages; i++) {
        long offset = (long) i * Pages.SIZE_BYTES;
        while (!view.attempt(() -> value[0] = segment.get(ValueLayout.JAVA_BYTE, offset))) {
          if (missed++ % GC_EVERY == 0) {
            System.gc();
          }
          userfaultfd.copy(page(i), MemorySegment.ofArray(content), Set.of());
        }
        check(value[0], i);
      }
    }
    handled.set(missed);
    checkHandled();
  }

  private void handledElsewhere() {
    say(ProcessHandle.current().pid() + " " + userfaultfd.descriptorNumber());
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              while (true) {
                System.gc();
              }
            });
    touchDirectly();
  }

  private void unsafe() {
    handleHere();
    say("started");
    touchDirectly();
  }

  private void touchDirectly() {
    try (DirectView view = space.view(range(), ViewMode.MAY_STOP_THE_JVM)) {
      for (int i = 0; i < pages; i++) {
        check(view.segment().get(ValueLayout.JAVA_BYTE, (long) i * Pages.SIZE_BYTES), i);
      }
    }
  }

  private static void check(byte value, int page) {
    if (value != 7) {
      throw new AssertionError("page " + page + " has " + value);
    }
  }

  private void checkHandled() {
    if (handled.get() != pages) {
      throw new AssertionError(handled + " faults for " + pages + " pages");
    }
  }
}
