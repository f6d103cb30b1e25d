/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The rules of SPEC.md that something wrong breaks: these, and no other. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface Breaks {
  /** The rules, "4.15". */
  String[] value();
}
