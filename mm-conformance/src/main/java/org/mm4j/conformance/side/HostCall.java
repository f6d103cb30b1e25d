/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/**
 * System calls of the JVM itself, through the C library's {@code syscall(2)}, to look at what a
 * process of the executor has: no thread of that process needs to be woken for it.
 */
final class HostCall {
  private static final int ARGUMENTS = 4;
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO = STATE.byteOffset(PathElement.groupElement("errno"));

  private final MemorySegment state = Arena.ofAuto().allocate(STATE);
  private final MethodHandle syscall;

  /**
   * Binds the function.
   *
   * @throws UnsupportedOperationException if the C library has no such function
   * @throws IllegalCallerException if native access is denied
   */
  @SuppressWarnings("restricted")
  HostCall() {
    Linker linker = Linker.nativeLinker();
    MemorySegment function =
        linker
            .defaultLookup()
            .find("syscall")
            .orElseThrow(
                () -> new UnsupportedOperationException("the C library has no syscall(2)"));
    this.syscall =
        linker.downcallHandle(
            function,
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.captureCallState("errno"),
            Linker.Option.firstVariadicArg(1));
  }

  /** Makes a call. Returns its result, or a negative errno. */
  long call(SystemCall call, long... arguments) {
    long[] four = new long[ARGUMENTS];
    System.arraycopy(arguments, 0, four, 0, arguments.length);
    long result;
    try {
      result =
          (long)
              syscall.invokeExact(state, (long) call.number(), four[0], four[1], four[2], four[3]);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable t) {
      throw new AssertionError("a downcall threw a checked exception", t);
    }
    return result == -1 ? -(long) state.get(JAVA_INT, ERRNO) : result;
  }

  /**
   * Makes a call that cannot fail.
   *
   * @throws IllegalStateException if it does
   */
  long must(SystemCall call, long... arguments) {
    long result = call(call, arguments);
    if (RunningCalls.isErrno(result)) {
      throw new IllegalStateException(call + " failed with errno " + -result);
    }
    return result;
  }
}
