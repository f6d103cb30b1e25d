/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The native executor: child processes that execute raw system calls and memory accesses for the
 * JVM, so that whatever happens happens to them.
 *
 * <p>Start at {@link org.mm4j.conformance.executor.NativeExecutor}. An executor has one {@linkplain
 * org.mm4j.conformance.executor.ExecutorProcess process} at first, and more by fork; each is an
 * address space with nothing in it but the {@linkplain org.mm4j.conformance.executor.ExecutorArea
 * executor's own area}. A process has {@linkplain org.mm4j.conformance.executor.Lane lanes}:
 * threads that take one request after the other from shared memory. The program is {@code
 * src/main/asm/x86_64/executor.s}; its bytes are a resource.
 *
 * <p>Lock order: {@code ExecutorProcess}, then {@code NativeExecutor}. Lanes have no locks; each
 * belongs to one Java thread at a time.
 */
@NullMarked
package org.mm4j.conformance.executor;

import org.jspecify.annotations.NullMarked;
