/* SPDX-License-Identifier: Apache-2.0 */

/**
 * A page cache, a file, folios and address spaces in a few lines each: single-threaded, complaining
 * about every use that the contracts forbid, and able to say what they look like as text. Start at
 * {@link org.mm4j.khugepaged.fake.FakeKernel}.
 */
package org.mm4j.khugepaged.fake;
