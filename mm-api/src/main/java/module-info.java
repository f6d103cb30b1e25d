/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The contracts of mm4j: {@code org.mm4j} holds the types you call, {@code org.mm4j.spi} the types
 * you implement, {@code org.mm4j.sync} the synchronisation primitives both are written against.
 */
module org.mm4j.api {
  requires static transitive org.jspecify;

  exports org.mm4j;
  exports org.mm4j.spi;
  exports org.mm4j.sync;

  uses org.mm4j.MemorySystemProvider;
  uses org.mm4j.NativeMemoryProvider;
  uses org.mm4j.sync.Sync;
}
