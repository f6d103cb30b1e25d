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
 * memory files, sleeping on shared memory, and the trace. Nothing that is under test.
 *
 * <p>The function ignores arguments that it does not need, so one more than the kernel takes is
 * passed: the memory that the call uses, which the linker keeps until the call has returned.
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
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                ADDRESS),
            Linker.Option.captureCallState("errno"),
            Linker.Option.firstVariadicArg(1));
  }

  /** Makes a call without memory. Returns its result, or a negative errno. */
  long call(long number, long first) {
    return call(MemorySegment.NULL, number, first, 0, 0);
  }

  /** Makes a call with up to three arguments. Returns its result, or a negative errno. */
  long call(MemorySegment keepAlive, long number, long first, long second, long third) {
    return call(keepAlive, number, first, second, third, 0, 0);
  }

  /** Makes a call with up to five arguments. Returns its result, or a negative errno. */
  long call(
      MemorySegment keepAlive,
      long number,
      long first,
      long second,
      long third,
      long fourth,
      long fifth) {
    MemorySegment state = callState.get();
    long result;
    try {
      result =
          (long) syscall.invokeExact(state, number, first, second, third, fourth, fifth, keepAlive);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable t) {
      throw new AssertionError("a downcall threw a checked exception", t);
    }
    return result == -1 ? -(long) state.get(JAVA_INT, ERRNO) : result;
  }
}
