/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import org.mm4j.Extension;

/** Wraps every session of a kernel: for timelines, and for faults injected at a step. */
@FunctionalInterface
public interface CollapseInterceptor extends Extension {
  /** Returns the session the strategy shall see. */
  CollapseSession intercept(CollapseSession session);
}
