/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.collapse;

import java.time.Duration;
import org.mm4j.Errno;

/** Why a collapse was refused, by its errno, and when it is worth another try. */
public enum Refusal {
  /** EAGAIN. */
  IN_USE(
      Duration.ofMillis(100),
      "pages of it were in use at that moment (EAGAIN): locked, pinned, or on their way elsewhere"),
  /** EBUSY. */
  WATCHED(
      Duration.ofSeconds(10),
      "a userfaultfd watches a hole of it, or the memory limit is reached (EBUSY)"),
  /** ENOMEM. */
  NO_HUGE_PAGE(
      Duration.ofSeconds(10),
      "the machine had no 2 MiB in a row (ENOMEM): free memory, or echo 1 >"
          + " /proc/sys/vm/compact_memory"),
  /** EINVAL. */
  NOT_ELIGIBLE(
      Duration.ofMinutes(1),
      "it cannot be huge (EINVAL): not a page of it was there, or settings forbid it (shmem_enabled"
          + " deny, hugepages-2048kB/shmem_enabled never)"),
  /** Any other. */
  OTHER(Duration.ofMinutes(1), "the call was refused");

  private final Duration pause;
  private final String explanation;

  Refusal(Duration pause, String explanation) {
    this.pause = pause;
    this.explanation = explanation;
  }

  /** Returns what an errno of {@code MADV_COLLAPSE} means. */
  static Refusal of(Errno errno) {
    return switch (errno) {
      case EAGAIN -> IN_USE;
      case EBUSY -> WATCHED;
      case ENOMEM -> NO_HUGE_PAGE;
      case EINVAL -> NOT_ELIGIBLE;
      default -> OTHER;
    };
  }

  /** Returns how long to wait before the next try. */
  public Duration pause() {
    return pause;
  }

  /** Returns the reason and what helps, for people. */
  public String explanation() {
    return explanation;
  }
}
