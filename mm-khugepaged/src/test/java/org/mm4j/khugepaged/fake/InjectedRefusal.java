/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.fake;

import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;

import org.mm4j.spi.CollapseInterceptor;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.MappingOperations;
import org.mm4j.spi.PageCache;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.ReverseMap;
import org.mm4j.sync.SharedLock;

/**
 * Refuses one thing that a collapse asks for, between one step and the next: what memory files
 * never refuse. Does nothing until told to.
 */
public final class InjectedRefusal implements CollapseInterceptor {
  private CollapseStep step;
  private Refused refused;
  private int stepsBefore;
  private boolean active;

  /** What is refused, and in which step it is asked for. */
  public enum Refused {
    /** Memory for the tree nodes. */
    NODES(CollapseStep.RESERVE_NODES),
    /** That the page still belongs to the file. */
    BELONGING(CollapseStep.ISOLATE),
    /** That the file system gives up its data. */
    PRIVATE_DATA(CollapseStep.ISOLATE),
    /** A placeholder, all but the first. */
    PLACEHOLDER(CollapseStep.STORE_PLACEHOLDERS);

    private final CollapseStep step;

    Refused(CollapseStep step) {
      this.step = step;
    }
  }

  /**
   * Refuses something.
   *
   * @param occurrences how many steps of the kind pass unharmed
   */
  public void refuse(Refused what, int occurrences) {
    refused = what;
    step = what.step;
    stepsBefore = occurrences;
  }

  @Override
  public CollapseSession intercept(CollapseSession session) {
    return new Refusing(session);
  }

  private boolean refuses(Refused what) {
    return active && refused == what;
  }

  private final class Refusing extends ForwardingSession {
    private PageCacheCursor firstOnly;

    Refusing(CollapseSession session) {
      super(session);
    }

    @Override
    public void step(CollapseStep announced) {
      active = announced == step && stepsBefore-- == 0;
      super.step(announced);
    }

    @Override
    public Mapping mapping() {
      Mapping mapping = super.mapping();
      return refuses(Refused.BELONGING) || refuses(Refused.PRIVATE_DATA)
          ? new RefusingMapping(mapping, refuses(Refused.PRIVATE_DATA))
          : mapping;
    }

    @Override
    public PageCacheCursor cursor() {
      if (refuses(Refused.NODES)) {
        PageCacheCursor cursor = copyOf(PageCacheCursor.class, super.cursor());
        doReturn(false).when(cursor).reserveNodes();
        return cursor;
      }
      if (refuses(Refused.PLACEHOLDER)) {
        if (firstOnly == null) {
          PageCacheCursor real = super.cursor();
          firstOnly = copyOf(PageCacheCursor.class, real);
          doAnswer(call -> real.storePlaceholder(call.getArgument(0)))
              .doReturn(false)
              .when(firstOnly)
              .storePlaceholder(anyLong());
        }
        return firstOnly;
      }
      return super.cursor();
    }
  }

  private static <T> T copyOf(Class<T> type, T original) {
    return mock(type, delegatesTo(original));
  }

  /** A file that is the original to whoever compares, or is not. */
  private static final class RefusingMapping implements Mapping {
    private final Mapping mapping;
    private final boolean isOriginal;
    private final MappingOperations operations;

    RefusingMapping(Mapping mapping, boolean isOriginal) {
      this.mapping = mapping;
      this.isOriginal = isOriginal;
      this.operations = copyOf(MappingOperations.class, mapping.operations());
      doReturn(false).when(operations).releasePrivate(any());
    }

    @Override
    public boolean equals(Object other) {
      return isOriginal && mapping.equals(other);
    }

    @Override
    public int hashCode() {
      return mapping.hashCode();
    }

    @Override
    public String name() {
      return mapping.name();
    }

    @Override
    public PageCache pageCache() {
      return mapping.pageCache();
    }

    @Override
    public ReverseMap reverseMap() {
      return mapping.reverseMap();
    }

    @Override
    public MappingOperations operations() {
      return operations;
    }

    @Override
    public SharedLock invalidateLock() {
      return mapping.invalidateLock();
    }

    @Override
    public void hold() {
      mapping.hold();
    }

    @Override
    public void letGo() {
      mapping.letGo();
    }
  }
}
