/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Implementations that are wrong on purpose, each in one way, and the proof that the kit says so:
 * each declares the rules it breaks, and the kit reports exactly these.
 *
 * <p>Start with {@link org.mm4j.verification.wrong.WrongStrategiesTest}. {@link
 * org.mm4j.verification.wrong.PlainStrategy} is right; the wrong ones override one step of it.
 */
package org.mm4j.verification.wrong;
