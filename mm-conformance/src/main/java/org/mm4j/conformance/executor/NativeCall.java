/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import static java.lang.foreign.ValueLayout.ADDRESS;
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
 * The few system calls that the JVM makes for itself, through the C library's {@code syscall(2)}:
 * memory files, and sleeping on shared memory. Nothing that is under test.
 */
final class NativeCall {
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO = STATE.byteOffset(PathElement.groupElement("errno"));

  private final ThreadLocal<MemorySegment> callState =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));
  private final MethodHandle syscall;

  /**
   * Binds the function.
   *
   * @throws UnsupportedOperationException if the C library has no such function
   * @throws IllegalCallerException if native access is denied
   */
  @SuppressWarnings("restricted")
  NativeCall() {
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
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.captureCallState("errno"),
            Linker.Option.firstVariadicArg(1));
  }

  /** Makes a call whose first argument is an address. Returns its result, or a negative errno. */
  long call(MemorySegment first, long number, long second, long third, long fourth) {
    MemorySegment state = callState.get();
    long result;
    try {
      result = (long) syscall.invokeExact(state, number, first, second, third, fourth);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable t) {
      throw new AssertionError("a downcall threw a checked exception", t);
    }
    return result == -1 ? -(long) state.get(JAVA_INT, ERRNO) : result;
  }
}
