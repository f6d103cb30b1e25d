/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import com.google.common.collect.Lists;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.mm4j.spi.CollapseInterceptor;
import org.mm4j.spi.CollapsePolicy;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.spi.Kernel;
import org.mm4j.spi.KernelFeature;
import org.mm4j.spi.KernelSettings;

/**
 * Gives a simulated kernel its huge pages: khugepaged, not started, and {@code MADV_COLLAPSE}.
 *
 * <p>The strategy is the one given to the builder, else the one that is named in the settings,
 * among those given and those that {@link ServiceLoader} finds, else {@code linux}; the policy is
 * chosen in the same way, else {@code khugepaged}. Every {@link CollapseInterceptor} that was given
 * wraps every session.
 */
public final class KhugepagedFeature implements KernelFeature {
  // What is on the path; looked for once, because one feature may serve thousands of kernels.
  private @Nullable List<CollapseStrategy> strategies;
  private @Nullable List<CollapsePolicy> policies;

  /** Creates the feature, for one builder at a time. */
  public KhugepagedFeature() {}

  @Override
  public String name() {
    return "khugepaged";
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the name of the strategy or the policy in the settings is
   *     unknown or ambiguous
   * @throws org.mm4j.MemoryException EINVAL if a limit of the settings is not below the number of
   *     pages in a huge page
   */
  @Override
  public void install(Kernel kernel) {
    KernelSettings settings = kernel.settings();
    if (strategies == null || policies == null) {
      strategies = List.copyOf(Lists.newArrayList(ServiceLoader.load(CollapseStrategy.class)));
      policies = List.copyOf(Lists.newArrayList(ServiceLoader.load(CollapsePolicy.class)));
    }
    CollapseStrategy strategy =
        NamedChoice.STRATEGY.choose(
            settings.strategy(), kernel.extensions(CollapseStrategy.class), strategies);
    CollapsePolicy policy =
        NamedChoice.POLICY.choose(
            settings.policy(), kernel.extensions(CollapsePolicy.class), policies);
    CollapseEngine engine =
        new CollapseEngine(
            strategy,
            settings.hugeOrder(),
            kernel.folios(),
            kernel::newTlbBatch,
            kernel.extensions(CollapseInterceptor.class));
    kernel.provideCollapse(
        new HugePageService(engine, policy, settings.hugeOrder(), settings.tunables()));
  }
}
