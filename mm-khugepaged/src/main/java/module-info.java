/* SPDX-License-Identifier: Apache-2.0 */
/** Collapse: the scanner, {@code MADV_COLLAPSE}, the policies, and the strategies. */
module org.mm4j.khugepaged {
  requires transitive org.mm4j.api;
  requires static org.jspecify;
  requires com.google.common;
  requires org.slf4j;

  exports org.mm4j.khugepaged;
  exports org.mm4j.khugepaged.policy;
  exports org.mm4j.khugepaged.strategy;

  uses org.mm4j.spi.CollapsePolicy;
  uses org.mm4j.spi.CollapseStrategy;

  provides org.mm4j.spi.CollapseStrategy with
      org.mm4j.khugepaged.strategy.LinuxStrategy,
      org.mm4j.khugepaged.strategy.LinuxAsMergedStrategy,
      org.mm4j.khugepaged.strategy.SeedV2Strategy,
      org.mm4j.khugepaged.strategy.PreFixStrategy;
  provides org.mm4j.spi.CollapsePolicy with
      org.mm4j.khugepaged.policy.KhugepagedPolicy,
      org.mm4j.khugepaged.policy.MadvisePolicy,
      org.mm4j.khugepaged.policy.AlwaysPolicy,
      org.mm4j.khugepaged.policy.NeverPolicy;
  provides org.mm4j.spi.KernelFeature with
      org.mm4j.khugepaged.KhugepagedFeature;
}
