/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.scenario;

import static org.mm4j.conformance.scenario.Parameter.*;

import java.util.List;
import java.util.Locale;

/** The calls. */
@SuppressWarnings("ImmutableEnumChecker") // the list cannot be changed
public enum CallKind {
  /** {@code memfd_create}. */
  CREATE(Effect.FILES, NEW_FILE, FILE_FLAGS),
  /** {@code ftruncate}. */
  TRUNCATE(Effect.PAGES, FILE, OFFSET),
  /** {@code fallocate} with mode 0. */
  ALLOCATE(Effect.PAGES, FILE, OFFSET, LENGTH),
  /** {@code fallocate} with {@code PUNCH_HOLE}. */
  PUNCH(Effect.PAGES, FILE, OFFSET, LENGTH),
  /** {@code pread}. */
  READ(Effect.NOTHING, FILE, OFFSET, LENGTH),
  /** {@code pwrite} of bytes that follow from a value. */
  WRITE(Effect.PAGES, FILE, OFFSET, LENGTH, VALUE),
  /** {@code lseek} with {@code SEEK_DATA}. */
  SEEK_DATA(Effect.NOTHING, FILE, OFFSET),
  /** {@code lseek} with {@code SEEK_HOLE}. */
  SEEK_HOLE(Effect.NOTHING, FILE, OFFSET),
  /** {@code F_ADD_SEALS}. */
  SEAL(Effect.FILES, FILE, SEALS),
  /** {@code close} of a file, in every process. */
  CLOSE_FILE(Effect.FILES, FILE),

  /** {@code mmap}. */
  MAP(Effect.LAYOUT, ADDRESS, LENGTH, PROTECTION, MAP_FLAGS, FILE, OFFSET),
  /** {@code munmap}. */
  UNMAP(Effect.LAYOUT, ADDRESS, LENGTH),
  /** {@code mprotect}. */
  PROTECT(Effect.LAYOUT, ADDRESS, LENGTH, PROTECTION),
  /** {@code mremap}: old address, old length, new length, flags, new address. */
  REMAP(Effect.LAYOUT, ADDRESS, LENGTH, LENGTH, REMAP_FLAGS, ADDRESS),
  /** {@code madvise}. */
  ADVISE(Effect.LAYOUT, ADDRESS, LENGTH, ADVICE),
  /** {@code mincore}. */
  RESIDENCY(Effect.NOTHING, ADDRESS, LENGTH),
  /** {@code fork}. */
  FORK(Effect.LAYOUT, NEW_SPACE),
  /** The end of the address space of the lane. */
  EXIT(Effect.LAYOUT),

  /** A load by user code. */
  LOAD(Effect.PAGES, ADDRESS, WIDTH),
  /** A store by user code. */
  STORE(Effect.PAGES, ADDRESS, WIDTH, VALUE),
  /** A load by a system call. */
  COPY_OUT(Effect.PAGES, ADDRESS, LENGTH),
  /** A store by a system call, of bytes that follow from a value. */
  COPY_IN(Effect.PAGES, ADDRESS, LENGTH, VALUE),
  /** Pages are held for reading by input or output that goes on ({@code vmsplice} to a pipe). */
  HOLD(Effect.PAGES, NEW_PIN, ADDRESS, LENGTH),
  /** The end of that. */
  LET_GO(Effect.NOTHING, PIN),

  /** {@code userfaultfd}. */
  UFFD(Effect.FILES, NEW_UFFD, UFFD_FLAGS),
  /** {@code UFFDIO_API}. */
  HANDSHAKE(Effect.NOTHING, Parameter.UFFD, FEATURES),
  /** {@code UFFDIO_REGISTER}. */
  REGISTER(Effect.LAYOUT, Parameter.UFFD, ADDRESS, LENGTH, MODES),
  /** {@code UFFDIO_UNREGISTER}. */
  UNREGISTER(Effect.LAYOUT, Parameter.UFFD, ADDRESS, LENGTH),
  /** {@code UFFDIO_COPY} of bytes that follow from a value. */
  FILL_COPY(Effect.PAGES, Parameter.UFFD, ADDRESS, LENGTH, FILL_FLAGS, VALUE),
  /** {@code UFFDIO_COPY} from the same address space: target, source, length. */
  FILL_FROM(Effect.PAGES, Parameter.UFFD, ADDRESS, ADDRESS, LENGTH, FILL_FLAGS),
  /** {@code UFFDIO_ZEROPAGE}. */
  FILL_ZERO(Effect.PAGES, Parameter.UFFD, ADDRESS, LENGTH, FILL_FLAGS),
  /** {@code UFFDIO_WAKE}. */
  WAKE(Effect.NOTHING, Parameter.UFFD, ADDRESS, LENGTH),
  /** {@code read} of every message there is. */
  MESSAGES(Effect.NOTHING, Parameter.UFFD),
  /** {@code close} of a userfaultfd, in every process. */
  CLOSE_UFFD(Effect.LAYOUT, Parameter.UFFD);

  /** What a call can change, so that only that is looked at after it. */
  public enum Effect {
    /** Nothing that is observed, but for threads that it wakes. */
    NOTHING,
    /** Which files there are. */
    FILES,
    /** Pages of files. */
    PAGES,
    /** Mappings, and pages. */
    LAYOUT
  }

  private final Effect effect;
  private final List<Parameter> parameters;

  CallKind(Effect effect, Parameter... parameters) {
    this.effect = effect;
    this.parameters = List.of(parameters);
  }

  /** Returns what it can change. */
  public Effect effect() {
    return effect;
  }

  /** Returns what its arguments mean. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** Returns its name in scenarios. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
