/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mm4j.CollapseTrigger;
import org.mm4j.PageRange;
import org.mm4j.ScanResult;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.Folio;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.TlbBatch;

/** Another session's calls, one by one: what an interceptor overrides is what it changes. */
public class ForwardingSession implements CollapseSession {
  private final CollapseSession session;

  /** Forwards to a session. */
  public ForwardingSession(CollapseSession session) {
    this.session = session;
  }

  @Override
  public Mapping mapping() {
    return session.mapping();
  }

  @Override
  public PageRange range() {
    return session.range();
  }

  @Override
  public CollapseTrigger trigger() {
    return session.trigger();
  }

  @Override
  public @Nullable ScanResult allocateTarget() {
    return session.allocateTarget();
  }

  @Override
  public Folio target() {
    return session.target();
  }

  @Override
  public PageCacheCursor cursor() {
    return session.cursor();
  }

  @Override
  public void addSource(Folio folio) {
    session.addSource(folio);
  }

  @Override
  public List<Folio> sources() {
    return session.sources();
  }

  @Override
  public TlbBatch tlb() {
    return session.tlb();
  }

  @Override
  public boolean chargeHoles(long pages) {
    return session.chargeHoles(pages);
  }

  @Override
  public void step(CollapseStep step) {
    session.step(step);
  }

  @Override
  public void committed() {
    session.committed();
  }

  @Override
  public boolean isCommitted() {
    return session.isCommitted();
  }

  @Override
  public void rollBack() {
    session.rollBack();
  }
}
