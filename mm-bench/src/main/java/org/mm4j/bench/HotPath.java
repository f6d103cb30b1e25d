/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.bench;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.mm4j.AddressSpace;
import org.mm4j.GuestCpu;
import org.mm4j.MapRequest;
import org.mm4j.MemoryFile;
import org.mm4j.MemorySystem;
import org.mm4j.spi.Folio;
import org.mm4j.spi.MappableFile;
import org.mm4j.spi.PageCache;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What is made of the primitives: hits of the TLB and of the page cache, in one address space. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(5)
public class HotPath {
  private static final int PAGE = 4096;
  private static final int PAGES = 64;

  private MemorySystem memory;
  private MemoryFile file;
  private AddressSpace space;
  private GuestCpu cpu;
  private PageCache pageCache;
  private long base;
  private int page;

  /** For the harness. */
  public HotPath() {}

  /** Fills 64 pages. */
  @Setup(Level.Trial)
  public void fill() {
    memory = MemorySystem.simulated().physicalBytes(64L << 20).build();
    file = memory.createMemoryFile("benchmark", Set.of());
    file.truncate((long) PAGES * PAGE);
    space = memory.newAddressSpace();
    base = space.map(MapRequest.shared(file, 0, (long) PAGES * PAGE));
    space.write(base, MemorySegment.ofArray(new byte[PAGES * PAGE]));
    cpu = space.newCpu();
    pageCache = ((MappableFile) file).mapping().pageCache();
  }

  /** Closes everything. */
  @TearDown(Level.Trial)
  public void close() {
    cpu.close();
    space.close();
    file.close();
    memory.close();
  }

  /** A guest's load that hits the TLB. */
  @Benchmark
  public long guestLoad() {
    page = (page + 1) % PAGES;
    return cpu.loadLong(base + (long) page * PAGE);
  }

  /** A guest's store that hits the TLB. */
  @Benchmark
  public void guestStore() {
    page = (page + 1) % PAGES;
    cpu.storeLong(base + (long) page * PAGE, 1);
  }

  /** A lookup that finds a page, with its reference given back. */
  @Benchmark
  public int pageCacheLookup() {
    page = (page + 1) % PAGES;
    if (pageCache.lookup(page) instanceof Folio folio) {
      folio.put(1);
      return folio.order();
    }
    throw new IllegalStateException("page " + page + " is gone");
  }

  /** A read of one byte through the address space, as a system call would. */
  @Benchmark
  public byte read() {
    page = (page + 1) % PAGES;
    MemorySegment target = MemorySegment.ofArray(new byte[1]);
    space.read(base + (long) page * PAGE, target);
    return target.get(ValueLayout.JAVA_BYTE, 0);
  }
}
