/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/**
 * Something of {@code org.mm4j.spi} that can be given to a {@link SimulatedBuilder}: a collapse
 * strategy, a source of frames, a feature. What was given explicitly wins over what the path
 * provides.
 */
public interface Extension {}
