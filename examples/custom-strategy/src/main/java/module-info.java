/* SPDX-License-Identifier: Apache-2.0 */

/** Two collapse strategies of a third party. */
module org.mm4j.examples.strategy {
  requires org.mm4j.khugepaged;
  requires static org.jspecify;

  provides org.mm4j.spi.CollapseStrategy with
      org.mm4j.examples.strategy.AskFirst,
      org.mm4j.examples.strategy.FullRangesOnly;
}
