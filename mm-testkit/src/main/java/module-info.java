/* SPDX-License-Identifier: Apache-2.0 */

/** What tests of mm4j and of its extensions share: checked locks, audits, fixtures, seeds. */
module org.mm4j.testkit {
  requires transitive org.mm4j.api;
  requires transitive org.junit.jupiter.api;
  requires static org.jspecify;

  exports org.mm4j.testkit;
  exports org.mm4j.testkit.explore;
  exports org.mm4j.testkit.locks;
  exports org.mm4j.testkit.verify;
  exports org.mm4j.testkit.world;

  opens org.mm4j.testkit.verify; // JUnit calls the inherited tests

  provides org.mm4j.sync.Sync with
      org.mm4j.testkit.explore.ExploringSync;
}
