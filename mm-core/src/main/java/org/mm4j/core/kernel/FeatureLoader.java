/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.kernel;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.mm4j.Extension;
import org.mm4j.spi.Kernel;
import org.mm4j.spi.KernelFeature;

/**
 * Finds the features of a kernel: those on the path, each replaced by one of the same name that was
 * given explicitly. Belongs to one builder.
 */
final class FeatureLoader {
  /** What is on the path; looked for once, because a builder may build thousands of kernels. */
  private @Nullable List<KernelFeature> onPath;

  void install(Kernel kernel, List<Extension> given) {
    Map<String, KernelFeature> explicit = new LinkedHashMap<>();
    for (Extension extension : given) {
      if (extension instanceof KernelFeature feature) {
        add(explicit, feature, "were given");
      }
    }
    Map<String, KernelFeature> found = new LinkedHashMap<>();
    for (KernelFeature feature : onPath()) {
      if (!explicit.containsKey(feature.name())) {
        add(found, feature, "are on the path; give the one you want to the builder");
      }
    }
    found.values().forEach(feature -> feature.install(kernel));
    explicit.values().forEach(feature -> feature.install(kernel));
  }

  private List<KernelFeature> onPath() {
    if (onPath == null) {
      ServiceLoader<KernelFeature> loader = ServiceLoader.load(KernelFeature.class);
      if (loader.findFirst().isEmpty()) {
        loader = ServiceLoader.load(KernelFeature.class, FeatureLoader.class.getClassLoader());
      }
      onPath = loader.stream().map(ServiceLoader.Provider::get).toList();
    }
    return onPath;
  }

  private static void add(Map<String, KernelFeature> features, KernelFeature feature, String how) {
    KernelFeature other = features.putIfAbsent(feature.name(), feature);
    if (other != null) {
      throw new IllegalStateException(
          "two features named "
              + feature.name()
              + " "
              + how
              + ": "
              + other.getClass().getName()
              + " and "
              + feature.getClass().getName());
    }
  }
}
