/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/** What an access does to memory. */
public enum Access {
  /** A load. */
  READ,
  /** A store. */
  WRITE,
  /** An instruction fetch. */
  EXECUTE
}
