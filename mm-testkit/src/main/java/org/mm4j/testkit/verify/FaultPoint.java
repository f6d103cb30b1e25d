/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.verify;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.PageCacheCursor;

/**
 * Throws at the n-th call or step of a strategy. Not at those that never fail: giving something
 * back, handing a page over, and the store that the nodes were reserved for (rule 1.11).
 */
final class FaultPoint implements CollapseListener {
  private static final Set<Call> NEVER_FAIL =
      EnumSet.of(Call.UNLOCK, Call.ROLL_BACK, Call.ERASE, Call.ADD_SOURCE, Call.STORE_WHOLE);

  private final int number;
  private final boolean afterTheCommit;
  private int passed;
  private @Nullable String where;

  FaultPoint(int number, boolean afterTheCommit) {
    this.number = number;
    this.afterTheCommit = afterTheCommit;
  }

  @Override
  public void beforeCall(Call call, PageCacheCursor cursor, CollapseSession session) {
    if (!NEVER_FAIL.contains(call)) {
      pass(call.toString(), session);
    }
  }

  @Override
  public void announced(CollapseStep step, CollapseSession session) {
    pass("step " + step, session);
  }

  private void pass(String what, CollapseSession session) {
    if (where == null && session.isCommitted() == afterTheCommit && passed++ == number) {
      where = what;
      throw new InjectedFault("at call " + number + ", " + what);
    }
  }

  boolean wasReached() {
    return where != null;
  }

  @Override
  public String toString() {
    return "at call " + number + ", " + where;
  }

  /** Thrown on purpose. */
  static final class InjectedFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InjectedFault(String message) {
      super(message, null, false, false);
    }
  }
}
