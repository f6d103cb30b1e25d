/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Many random scenarios in a row: how far it got, what was found, and where it goes on.
 *
 * <p>Start at {@link org.mm4j.conformance.campaign.Campaign}.
 */
@org.jspecify.annotations.NullMarked
package org.mm4j.conformance.campaign;
