/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import java.io.IOException;

/**
 * A JVM that has an executor with a tree of processes, tells their numbers, and waits to be killed.
 */
final class ExecutorHolder {
  private ExecutorHolder() {}

  /**
   * Runs until it is killed.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) throws IOException {
    NativeExecutor executor = NativeExecutor.start();
    Lane lane = executor.root().newLane();
    Lane child = lane.fork().newLane();
    Lane grandchild = child.fork().newLane();
    grandchild.call(293, grandchild.scratchAddress(), 0); // pipe2
    grandchild.startCall(0, 3, grandchild.scratchAddress(), 1); // read: blocked for ever
    for (ExecutorProcess process : executor.processes()) {
      System.out.println(process.pid());
    }
    System.out.println("ready");
    System.in.read();
  }
}
