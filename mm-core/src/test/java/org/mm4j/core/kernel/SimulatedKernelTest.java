/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.KhugepagedTunables;
import org.mm4j.MapRequest;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFile;
import org.mm4j.MemorySystem;
import org.mm4j.Userfaultfd;
import org.mm4j.core.mm.TestFiles;
import org.mm4j.spi.CollapseService;
import org.mm4j.spi.FrameMemory;
import org.mm4j.spi.Kernel;
import org.mm4j.spi.KernelFeature;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.UserfaultfdSource;

class SimulatedKernelTest {
  private static final long HUGE = 8 * 4096;

  private static KernelBuilder small() {
    return new KernelBuilder().physicalBytes(1 << 20).hugeOrder(3).chunkShift(2);
  }

  private static KernelFeature feature(String name, Consumer<Kernel> install) {
    return new KernelFeature() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void install(Kernel kernel) {
        install.accept(kernel);
      }
    };
  }

  private static void missing(String artifact, Runnable call) {
    MemoryException e = assertThrows(MemoryException.class, call::run);
    assertEquals(Errno.ENOSYS, e.errno());
    assertTrue(e.getMessage().contains("org.mm4j:" + artifact), e.getMessage());
  }

  @Test
  void theProviderIsFound() {
    try (MemorySystem memory = MemorySystem.simulated().physicalBytes(2 << 20).build()) {
      assertInstanceOf(SimulatedKernel.class, memory);
      assertEquals(2 << 20, memory.capabilities().hugePageBytes());
      assertEquals(512, memory.statistics().freeFrames());
      assertEquals(0, memory.statistics().committedBytes());
    }
  }

  @Test
  void aMissingModuleIsNamed() {
    try (SimulatedKernel kernel = small().build();
        AddressSpace space = kernel.newAddressSpace()) {
      missing("mm-shmem", () -> kernel.createMemoryFile("x", Set.of()));
      missing("mm-khugepaged", kernel::hugePages);
      missing("mm-userfaultfd", () -> space.userfaultfd(Set.of()));
      missing("mm-khugepaged", () -> space.advise(new AddressRange(0, 4096), Advice.COLLAPSE));
      assertFalse(kernel.capabilities().collapse());
      assertFalse(kernel.capabilities().userfaultfd());
    }
  }

  @Test
  void settingsOutOfRangeAreNamed() {
    KernelBuilder builder = small();
    for (Runnable bad :
        new Runnable[] {
          () -> builder.physicalBytes(0),
          () -> builder.hugeOrder(0),
          () -> builder.hugeOrder(10),
          () -> builder.chunkShift(0),
          () -> builder.chunkShift(7),
          () -> builder.memoryFileLimitBytes(-1),
          () -> builder.perFileLimitBytes(-1),
          () -> builder.accountLimitBytes(-1),
          () -> small().physicalBytes(4096).build()
        }) {
      assertThrows(IllegalArgumentException.class, bad::run);
    }
  }

  @Test
  void settingsReachTheFeatures() {
    KhugepagedTunables tunables = KhugepagedTunables.linux(3).withPace(5, 6);
    KernelFeature asks =
        feature(
            "asks",
            kernel -> {
              assertEquals(8, kernel.settings().hugePages());
              assertEquals(2, kernel.settings().chunkShift());
              assertEquals(3, kernel.settings().perFileLimitPages());
              assertEquals("mine", kernel.settings().strategy());
              assertEquals(tunables, kernel.settings().tunables());
              assertEquals(1, kernel.extensions(KernelFeature.class).size());
            });
    small()
        .perFileLimitBytes(3 * 4096 + 1)
        .strategy("mine")
        .khugepaged(tunables)
        .with(asks)
        .build()
        .close();
  }

  @Test
  void twoOfAKindAreRefused() {
    KernelFeature one = feature("same", kernel -> {});
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () -> small().with(one).with(feature("same", kernel -> {})).build());
    assertTrue(e.getMessage().contains("same"), e.getMessage());
    assertThrows(
        IllegalStateException.class,
        () -> small().with(new TestFiles()).with(feature("b", SimulatedKernelTest::files)).build());
    assertThrows(
        IllegalArgumentException.class,
        () -> small().with(mock(FrameMemory.class)).with(mock(FrameMemory.class)).build());
  }

  private static void files(Kernel kernel) {
    kernel.provideMemoryFiles((name, flags) -> null);
  }

  @Test
  void aFailedBuildGivesTheMemoryBack() {
    FrameMemory memory = mock(FrameMemory.class);
    when(memory.chunkBytes()).thenReturn(1L << 20);
    KernelFeature fails =
        feature(
            "fails",
            kernel -> {
              throw new IllegalArgumentException("no such strategy");
            });
    assertThrows(IllegalArgumentException.class, () -> small().with(memory).with(fails).build());
    verify(memory).close();
  }

  @Test
  void khugepagedIsToldOfSpacesThatComeAndGo() {
    CollapseService collapse = mock(CollapseService.class);
    TestFiles files = new TestFiles();
    SimulatedKernel kernel =
        small().with(files).with(feature("k", k -> k.provideCollapse(collapse))).build();
    assertSame(collapse, kernel.hugePages());
    AddressSpace space = kernel.newAddressSpace();
    MemoryDescriptor mm = (MemoryDescriptor) space;
    MemoryFile file = kernel.createMemoryFile("f", Set.of());
    file.truncate(4 * HUGE);
    space.map(MapRequest.shared(file, 0, HUGE - 4096));
    verify(collapse, never()).enter(any());
    long address = space.map(MapRequest.shared(file, HUGE, 2 * HUGE));
    verify(collapse).enter(mm);
    AddressRange range = new AddressRange(address, 4095);
    space.advise(range, Advice.COLLAPSE);
    verify(collapse).collapse(mm, new AddressRange(address, 4096));
    AddressSpace child = space.fork();
    verify(collapse).enter((MemoryDescriptor) child);
    kernel.close();
    kernel.close();
    var order = inOrder(collapse);
    order.verify(collapse).stopDaemon();
    order.verify(collapse).exit(mm);
    order.verify(collapse).exit((MemoryDescriptor) child);
    order.verify(collapse).close();
    order.verifyNoMoreInteractions();
  }

  @Test
  void aUserfaultfdIsItsFeatures() {
    UserfaultfdSource source = mock(UserfaultfdSource.class);
    Userfaultfd uffd = mock(Userfaultfd.class);
    try (SimulatedKernel kernel =
            small().with(feature("u", k -> k.provideUserfaultfd(source))).build();
        AddressSpace space = kernel.newAddressSpace()) {
      when(source.open(eq((MemoryDescriptor) space), any())).thenReturn(uffd);
      assertSame(uffd, space.userfaultfd(Set.of()));
      assertTrue(kernel.capabilities().userfaultfd());
    }
  }

  @Test
  void closingClosesEverythingOnce() {
    SimulatedKernel kernel = small().with(new TestFiles()).build();
    AddressSpace space = kernel.newAddressSpace();
    MemoryFile file = kernel.createMemoryFile("f", Set.of());
    file.truncate(4096);
    long address = space.map(MapRequest.shared(file, 0, 4096));
    space.write(address, MemorySegment.ofArray(new byte[1]));
    kernel.close();
    kernel.close();
    assertThrows(IllegalStateException.class, space::mappings);
    assertThrows(IllegalStateException.class, kernel::newAddressSpace);
    assertThrows(IllegalStateException.class, kernel::statistics);
    assertThrows(IllegalStateException.class, kernel::audit);
    assertThrows(IllegalStateException.class, kernel::hugePages);
    assertThrows(IllegalStateException.class, () -> kernel.createMemoryFile("late", Set.of()));
  }

  @Test
  void theAccountLimitEndsAFaultWithEnomem() {
    try (SimulatedKernel kernel = small().accountLimitBytes(4096).with(new TestFiles()).build();
        AddressSpace space = kernel.newAddressSpace()) {
      MemoryFile file = kernel.createMemoryFile("f", Set.of());
      file.truncate(8192);
      long address = space.map(MapRequest.shared(file, 0, 8192));
      space.write(address, MemorySegment.ofArray(new byte[1]));
      MemoryException e =
          assertThrows(
              MemoryException.class,
              () -> space.write(address + 4096, MemorySegment.ofArray(new byte[1])));
      assertEquals(Errno.ENOMEM, e.errno());
    }
  }
}
