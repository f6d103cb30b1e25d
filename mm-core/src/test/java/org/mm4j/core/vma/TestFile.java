/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.mm4j.CollapseTrigger;
import org.mm4j.spi.BringIn;
import org.mm4j.spi.FillResult;
import org.mm4j.spi.Folio;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.MappingOperations;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.PageCache;
import org.mm4j.spi.PageFiller;
import org.mm4j.spi.ReverseMap;
import org.mm4j.spi.Vma;
import org.mm4j.sync.SharedLock;

/** A file that has VMAs and nothing else, and keeps the account of opens and closes. */
final class TestFile implements Mapping, MappingOperations {
  /** The VMAs that were opened and not closed. */
  final Set<Vma> open = Collections.newSetFromMap(new IdentityHashMap<>());

  private final String name;
  private final ReverseMap reverseMap;

  TestFile(String name) {
    this(name, new IntervalReverseMap(name, 9, () -> () -> {}));
  }

  TestFile(String name, ReverseMap reverseMap) {
    this.name = name;
    this.reverseMap = reverseMap;
  }

  @Override
  public void vmaOpened(Vma vma) {
    assertTrue(open.add(vma), () -> "opened twice: " + vma);
  }

  @Override
  public void vmaClosed(Vma vma) {
    assertTrue(open.remove(vma), () -> "closed, but not open: " + vma);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ReverseMap reverseMap() {
    return reverseMap;
  }

  @Override
  public MappingOperations operations() {
    return this;
  }

  @Override
  public PageCache pageCache() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SharedLock invalidateLock() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void hold() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void letGo() {
    throw new UnsupportedOperationException();
  }

  @Override
  public long endIndex() {
    throw new UnsupportedOperationException();
  }

  @Override
  public BringIn bringIn(long index) {
    throw new UnsupportedOperationException();
  }

  @Override
  public BringIn create(long index, MemoryDescriptor account) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FillResult fill(long index, MemoryDescriptor account, PageFiller filler) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean charge(long pages) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void uncharge(long pages) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean releasePrivate(Folio folio) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean fillsHoles() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean permitsHuge(Vma vma, CollapseTrigger trigger) {
    throw new UnsupportedOperationException();
  }
}
