/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux.conformance;

import org.junit.jupiter.api.Nested;

/** The contracts on the simulated kernel. */
final class SimulatedKernelConformanceTest {
  @Nested
  final class MemoryFiles extends MemoryFileContract {
    @Override
    Backend backend() {
      return Backend.SIMULATED;
    }
  }

  @Nested
  final class AddressSpaces extends AddressSpaceContract {
    @Override
    Backend backend() {
      return Backend.SIMULATED;
    }
  }

  @Nested
  final class Collapses extends CollapseContract {
    @Override
    Backend backend() {
      return Backend.SIMULATED;
    }
  }

  @Nested
  final class Userfaultfds extends UserfaultfdContract {
    @Override
    Backend backend() {
      return Backend.SIMULATED;
    }
  }
}
