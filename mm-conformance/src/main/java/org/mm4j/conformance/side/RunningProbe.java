/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.Pages;
import org.mm4j.Seal;
import org.mm4j.conformance.scenario.Bits;

/** Looks at the running kernel, on threads that take no steps. */
final class RunningProbe implements Probe {
  private static final int BUFFER_BYTES = 1 << 18;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int F_GET_SEALS = 1034;
  private static final int STAT_SIZE = 48;
  private static final int STAT_BLOCKS = 64;
  private static final int POLLIN = 1;
  private static final int POLLERR = 8;
  private static final long ENXIO = 6;

  /** The first line of a mapping of a file of the scenario: range, protection, offset, file. */
  private static final Pattern MAPPING =
      Pattern.compile(
          "(\\p{XDigit}+)-(\\p{XDigit}+) (\\S+) (\\p{XDigit}+) \\S+ \\d+ +/memfd:(f\\d+) .*");

  private final RunningWorld world;
  private final HostCall host;
  private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES);

  RunningProbe(RunningWorld world) {
    this.world = world;
    this.host = world.host();
  }

  private long stat(int file, int field) {
    host.must(SystemCall.FSTAT, world.seen("f" + file), buffer.address());
    return buffer.get(ValueLayout.JAVA_LONG, field);
  }

  @Override
  public long sizeBytes(int file) {
    return stat(file, STAT_SIZE);
  }

  @Override
  public long blocks(int file) {
    return stat(file, STAT_BLOCKS);
  }

  @Override
  public OptionalLong seekData(int file, long offsetBytes) {
    return seek(file, offsetBytes, SEEK_DATA);
  }

  @Override
  public OptionalLong seekHole(int file, long offsetBytes) {
    return seek(file, offsetBytes, SEEK_HOLE);
  }

  private OptionalLong seek(int file, long offsetBytes, int whence) {
    long offset = host.call(SystemCall.LSEEK, world.seen("f" + file), offsetBytes, whence);
    if (offset >= 0) {
      return OptionalLong.of(offset);
    }
    if (offset == -ENXIO) {
      return OptionalLong.empty();
    }
    throw new IllegalStateException("lseek failed with errno " + -offset);
  }

  @Override
  public Set<Seal> seals(int file) {
    return Bits.SEAL.set(host.must(SystemCall.FCNTL, world.seen("f" + file), F_GET_SEALS));
  }

  @Override
  public MemorySegment content(int file, long offsetBytes, int lengthBytes) {
    long read =
        host.must(
            SystemCall.PREAD, world.seen("f" + file), buffer.address(), lengthBytes, offsetBytes);
    return buffer.asSlice(0, read);
  }

  @Override
  public List<Mapped> mappings(int space, boolean closely) {
    List<Mapped> mappings = new ArrayList<>();
    Open open = null;
    for (String line : lines(space, closely ? "smaps" : "maps")) {
      if (isHeader(line)) {
        close(open, mappings);
        Matcher matcher = MAPPING.matcher(line);
        open = matcher.matches() ? new Open(matcher) : null;
      } else if (open != null) {
        open.detail(line);
      }
    }
    close(open, mappings);
    return mappings;
  }

  private static boolean isHeader(String line) {
    int blank = line.indexOf(' ');
    int dash = line.indexOf('-');
    return dash > 0 && dash < blank && line.charAt(blank - 1) != ':';
  }

  private static void close(@Nullable Open open, List<Mapped> mappings) {
    if (open != null) {
      mappings.add(open.mapped());
    }
  }

  private List<String> lines(int space, String file) {
    try {
      return Files.readAllLines(world.space(space).process().proc(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public BitSet residency(int space, AddressRange range) {
    RunningSpace there = world.space(space);
    long pages = range.lengthBytes() >>> Pages.SHIFT;
    there.must(
        SystemCall.MINCORE, range.start(), range.lengthBytes(), there.process().scratchAddress());
    return bits(there.process().scratch(), pages);
  }

  /** Makes a set of the bytes that {@code mincore} wrote. */
  static BitSet bits(MemorySegment vector, long pages) {
    BitSet resident = new BitSet();
    for (int page = 0; page < pages; page++) {
      resident.set(page, (vector.get(ValueLayout.JAVA_BYTE, page) & 1) != 0);
    }
    return resident;
  }

  @Override
  public Readiness readiness(int uffd) {
    buffer.set(ValueLayout.JAVA_INT, 0, (int) world.seen("u" + uffd));
    buffer.set(ValueLayout.JAVA_INT, 4, POLLIN);
    host.must(SystemCall.POLL, buffer.address(), 1, 0);
    int events = buffer.get(ValueLayout.JAVA_INT, 4) >> 16;
    if ((events & POLLERR) != 0) {
      return Readiness.ERROR;
    }
    return (events & POLLIN) != 0 ? Readiness.READABLE : Readiness.EMPTY;
  }

  /** A mapping whose lines are being read. */
  private static final class Open {
    private final AddressRange range;
    private final String text;
    private long hugeBytes;
    private boolean watched;

    Open(Matcher header) {
      range =
          AddressRange.between(
              Long.parseUnsignedLong(header.group(1), 16),
              Long.parseUnsignedLong(header.group(2), 16));
      String protection = header.group(3);
      text =
          MappedText.of(
              protection.charAt(0) == 'r',
              protection.charAt(1) == 'w',
              protection.charAt(2) == 'x',
              header.group(5),
              Long.parseUnsignedLong(header.group(4), 16));
    }

    void detail(String line) {
      if (line.startsWith("ShmemPmdMapped:")) {
        hugeBytes = Long.parseLong(line.replaceAll("\\D", "")) << 10;
      } else if (line.startsWith("VmFlags:")) {
        watched = line.contains(" um") || line.contains(" uw") || line.contains(" ui");
      }
    }

    Mapped mapped() {
      return new Mapped(range, text, hugeBytes, watched);
    }
  }
}
