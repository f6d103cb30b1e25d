/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

/**
 * A place in real code whose full fences are taken away, and whose volatile stores become ordered
 * ones, to make a wrong variant of it. It is the method that calls the fence itself, not a caller
 * of it.
 *
 * @param className the name of the class, with its package
 * @param methodName the name of the method
 */
public record Site(String className, String methodName) {
  /** A method of a class. */
  public static Site of(Class<?> type, String methodName) {
    return new Site(type.getName(), methodName);
  }
}
