/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Answers of the running kernel, kept as data, so that the simulation can be compared where no such
 * kernel is.
 *
 * <p>{@link org.mm4j.conformance.record.RecordingSide} writes down what another side answers,
 * {@link org.mm4j.conformance.record.RecordedSide} answers from that.
 */
@org.jspecify.annotations.NullMarked
package org.mm4j.conformance.record;
