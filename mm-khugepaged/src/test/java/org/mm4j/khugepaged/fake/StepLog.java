/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.fake;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.mm4j.spi.CollapseInterceptor;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStep;

/** Writes down the steps of a collapse, and lets a test act before each. */
public final class StepLog implements CollapseInterceptor {
  private final List<CollapseStep> steps = new ArrayList<>();
  private Consumer<CollapseStep> action = step -> {};
  private boolean committed;

  /** The steps in order. */
  public List<CollapseStep> steps() {
    return steps;
  }

  /** Whether the collapse committed. */
  public boolean isCommitted() {
    return committed;
  }

  /** Acts before each step of a kind. */
  public StepLog before(CollapseStep step, Runnable act) {
    Consumer<CollapseStep> others = action;
    action =
        announced -> {
          others.accept(announced);
          if (announced == step) {
            act.run();
          }
        };
    return this;
  }

  /** Throws at the step of a number, counted from 0 over all kinds. */
  public StepLog throwingAt(int number) {
    action =
        announced -> {
          if (steps.size() == number + 1) {
            throw new InjectedFault("at step " + number + ", " + announced);
          }
        };
    return this;
  }

  @Override
  public CollapseSession intercept(CollapseSession session) {
    return new Wrapped(session);
  }

  /** Thrown on request. */
  public static final class InjectedFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InjectedFault(String message) {
      super(message);
    }
  }

  private final class Wrapped extends ForwardingSession {
    Wrapped(CollapseSession session) {
      super(session);
    }

    @Override
    public void step(CollapseStep step) {
      steps.add(step);
      action.accept(step);
      super.step(step);
    }

    @Override
    public void committed() {
      super.committed();
      committed = true;
    }
  }
}
