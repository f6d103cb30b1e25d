/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux.conformance;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The contracts on the kernel this JVM runs on. */
@Tag("kernel")
final class RunningKernelConformanceTest {
  @Nested
  final class MemoryFiles extends MemoryFileContract {
    @Override
    Backend backend() {
      return Backend.RUNNING;
    }
  }

  @Nested
  final class AddressSpaces extends AddressSpaceContract {
    @Override
    Backend backend() {
      return Backend.RUNNING;
    }
  }

  @Nested
  final class Collapses extends CollapseContract {
    @Override
    Backend backend() {
      return Backend.RUNNING;
    }
  }

  @Nested
  final class Userfaultfds extends UserfaultfdContract {
    @Override
    Backend backend() {
      return Backend.RUNNING;
    }
  }
}
