/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.cli;

/** The user asked for something that cannot be. The message is one line for the user. */
final class UserMistake extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UserMistake(String message) {
    super(message);
  }
}
