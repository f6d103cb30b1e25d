/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux.ffm;

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
 * System calls through the C library's {@code syscall(2)}.
 *
 * <p>The function takes a variable number of arguments and ignores what it does not need, so one
 * more than the kernel knows is passed: the memory that the call uses. The linker keeps the arena
 * of such an argument open until the call returns, which an address in a structure would not do.
 */
public final class NativeSystemCalls implements SystemCalls {
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO = STATE.byteOffset(PathElement.groupElement("errno"));

  private final ThreadLocal<MemorySegment> callState =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));
  private final Architecture architecture;
  private final MethodHandle syscall;

  /**
   * Binds the function.
   *
   * @throws UnsupportedOperationException if the C library has no such function
   * @throws IllegalCallerException if native access is denied
   */
  @SuppressWarnings("restricted")
  public NativeSystemCalls(Architecture architecture) {
    this.architecture = architecture;
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
                JAVA_LONG, ADDRESS),
            Linker.Option.captureCallState("errno"),
            Linker.Option.firstVariadicArg(1));
  }

  @Override
  public long call(
      MemorySegment keepAlive,
      SystemCall call,
      long first,
      long second,
      long third,
      long fourth,
      long fifth,
      long sixth) {
    MemorySegment state = callState.get();
    long result;
    try {
      result =
          (long)
              syscall.invokeExact(
                  state,
                  (long) call.number(architecture),
                  first,
                  second,
                  third,
                  fourth,
                  fifth,
                  sixth,
                  keepAlive);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable t) {
      throw new AssertionError("a downcall threw a checked exception", t);
    }
    return result == -1 ? -(long) state.get(JAVA_INT, ERRNO) : result;
  }
}
