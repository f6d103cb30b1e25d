/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.compare;

import java.util.Set;
import java.util.function.BiPredicate;
import org.mm4j.Advice;
import org.mm4j.MapFlag;
import org.mm4j.Pages;
import org.mm4j.UffdFeature;
import org.mm4j.UffdMode;
import org.mm4j.UserAddresses;
import org.mm4j.conformance.scenario.Bits;
import org.mm4j.conformance.scenario.CallKind;
import org.mm4j.conformance.scenario.Parameter;
import org.mm4j.conformance.scenario.Step;
import org.mm4j.conformance.scenario.World;

/**
 * What differs on purpose: rows of {@code docs/LINUX-COMPATIBILITY.md}. Steps that would meet one
 * are left out of random scenarios.
 */
@SuppressWarnings("ImmutableEnumChecker") // the predicates have no state
public enum KnownDifference {
  /** {@code MAP_PRIVATE} and {@code MAP_ANONYMOUS} are ENODEV. */
  NO_PRIVATE_MAPPINGS(
      (step, world) ->
          step.call() == CallKind.MAP && has(step.argument(3), MapFlag.PRIVATE, MapFlag.ANONYMOUS)),

  /** Where the kernel places a mapping. */
  PLACEMENT(
      (step, world) ->
          step.call() == CallKind.MAP
              && !has(step.argument(3), MapFlag.FIXED, MapFlag.FIXED_NOREPLACE)),

  /** Modes WP and MINOR are EINVAL. */
  ONLY_MISSING(
      (step, world) ->
          step.call() == CallKind.REGISTER
              && Bits.MODE.set(step.argument(3)).stream().anyMatch(m -> m != UffdMode.MISSING)),

  /** Linux watches and fills from {@code mmap_min_addr} on, the simulation from 64 KiB. */
  LOWEST_ADDRESS(
      (step, world) ->
          step.call().parameters().size() > 2
              && step.call().parameters().get(0) == Parameter.UFFD
              && step.call().parameters().get(1) == Parameter.ADDRESS
              && Long.compareUnsigned(step.argument(1), UserAddresses.LOWEST) < 0),

  /** Only HUGEPAGE, NOHUGEPAGE and calls that do something have an effect; no others split. */
  ADVICE_WITHOUT_EFFECT(
      (step, world) ->
          step.call() == CallKind.ADVISE
              && Set.of(Advice.RANDOM, Advice.SEQUENTIAL, Advice.WILLNEED)
                  .contains(Parameter.advice(step.argument(2)))),

  /** A system call that looks pages up in a loop tells the page, not the exact address. */
  EXACT_ADDRESS_OF_SYSTEM_CALLS(
      (step, world) ->
          Set.of(CallKind.COPY_IN, CallKind.COPY_OUT, CallKind.HOLD).contains(step.call())
              && world.uffds().values().stream()
                  .anyMatch(uffd -> uffd.features().contains(UffdFeature.EXACT_ADDRESS))),

  /**
   * On Linux a userfaultfd lives on while a thread is in a call on it, so that closing it does not
   * wake a thread that waits for it in {@code UFFDIO_COPY}.
   */
  CLOSE_DURING_A_CALL(
      (step, world) ->
          step.call() == CallKind.CLOSE_UFFD
              && world.waiting().values().stream()
                  .anyMatch(
                      waiting ->
                          waiting.call() == CallKind.FILL_FROM
                              && waiting.argument(0) == step.argument(0))),

  /**
   * A load just beyond the end of the file: Linux maps what is around it first, and if that is a
   * huge page of the file, the load finds it.
   */
  LOAD_JUST_BEYOND_THE_END(KnownDifference::loadsJustBeyondTheEnd),

  /** Features that the simulation does not have. */
  FEATURES(
      (step, world) ->
          step.call() == CallKind.HANDSHAKE
              && !Set.of(UffdFeature.MISSING_SHMEM, UffdFeature.SIGBUS, UffdFeature.EXACT_ADDRESS)
                  .containsAll(Bits.FEATURE.set(step.argument(1))));

  private static final long AROUND_BYTES = 16L * Pages.SIZE_BYTES;

  private final BiPredicate<Step, World> applies;

  KnownDifference(BiPredicate<Step, World> applies) {
    this.applies = applies;
  }

  private static boolean has(long bits, MapFlag... flags) {
    return (bits & Bits.MAP.of(Set.of(flags))) != 0;
  }

  private static boolean loadsJustBeyondTheEnd(Step step, World world) {
    World.SpaceState space = world.spaces().get(step.lane().space());
    int at =
        switch (step.call()) {
          case LOAD, COPY_OUT -> 0;
          case HOLD -> 1;
          case FILL_FROM -> 2;
          default -> -1;
        };
    if (at < 0 || space == null) {
      return false;
    }
    long address = step.argument(at);
    long last = step.call() == CallKind.LOAD ? 0 : step.argument(at + 1) - 1;
    return space.areas().stream()
        .anyMatch(
            area -> isJustBeyondTheEnd(area, address) || isJustBeyondTheEnd(area, address + last));
  }

  private static boolean isJustBeyondTheEnd(World.Area area, long address) {
    World.FileState file = area.content(); // its size counts also after it was closed
    if (file == null || !area.range().contains(address)) {
      return false;
    }
    long offset = address - area.range().start() + area.offsetBytes();
    long end = Pages.alignUp(file.sizeBytes());
    return offset >= end && (offset & -AROUND_BYTES) < end;
  }

  /** Returns whether a step is left out. */
  public static boolean leavesOut(Step step, World world) {
    for (KnownDifference difference : values()) {
      if (difference.applies.test(step, world)) {
        return true;
      }
    }
    return false;
  }
}
