/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.MappingView;
import org.mm4j.MemoryException;
import org.mm4j.Protection;
import org.mm4j.UffdMode;

/** Reads {@code /proc/self/smaps}. */
final class ProcessMaps {
  private static final Pattern HEADER =
      Pattern.compile("([0-9a-f]+)-([0-9a-f]+) (\\S{4}) ([0-9a-f]+) \\S+ (\\d+) *(.*)");
  private static final Pattern AMOUNT = Pattern.compile("(\\w+): +(\\d+) kB");
  private static final Set<String> HUGE =
      Set.of("AnonHugePages", "ShmemPmdMapped", "FilePmdMapped");

  private final List<MappingView> views = new ArrayList<>();
  private final Regions wanted = new Regions();

  // The mapping being read.
  private @Nullable Matcher header;
  private long residentBytes;
  private long hugeBytes;
  private Set<UffdMode> modes = EnumSet.noneOf(UffdMode.class);

  private ProcessMaps() {}

  /** Returns the mappings that contain part of the given regions, cut to them. */
  static List<MappingView> of(List<Regions.Region> regions) {
    try (BufferedReader lines = Files.newBufferedReader(Path.of("/proc/self/smaps"))) {
      return parse(lines, regions);
    } catch (IOException e) {
      throw new MemoryException(Errno.EIO, "smaps", 0, "cannot be read: " + e.getMessage());
    }
  }

  static List<MappingView> parse(BufferedReader lines, List<Regions.Region> regions)
      throws IOException {
    ProcessMaps maps = new ProcessMaps();
    regions.forEach(region -> maps.wanted.put(region.range(), 0));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      maps.accept(line);
    }
    maps.finish();
    return maps.views;
  }

  private void accept(String line) {
    Matcher start = HEADER.matcher(line);
    if (start.matches()) {
      finish();
      header = start;
      return;
    }
    Matcher amount = AMOUNT.matcher(line);
    if (amount.matches()) {
      long bytes = Long.parseLong(amount.group(2)) << 10;
      if (amount.group(1).equals("Rss")) {
        residentBytes = bytes;
      } else if (HUGE.contains(amount.group(1))) {
        hugeBytes += bytes;
      }
    } else if (line.startsWith("VmFlags:")) {
      flags(line);
    }
  }

  private void flags(String line) {
    for (String flag : line.split(" ", -1)) {
      switch (flag) {
        case "um" -> modes.add(UffdMode.MISSING);
        case "uw" -> modes.add(UffdMode.WRITE_PROTECT);
        case "ui" -> modes.add(UffdMode.MINOR);
        default -> {}
      }
    }
  }

  private void finish() {
    Matcher mapping = header;
    if (mapping != null) {
      long start = Long.parseUnsignedLong(mapping.group(1), 16);
      long end = Long.parseUnsignedLong(mapping.group(2), 16);
      if (end > 0) {
        for (AddressRange run : Regions.runs(wanted.in(AddressRange.between(start, end)))) {
          views.add(view(mapping, start, run));
        }
      }
    }
    header = null;
    residentBytes = 0;
    hugeBytes = 0;
    modes = EnumSet.noneOf(UffdMode.class);
  }

  private MappingView view(Matcher mapping, long start, AddressRange run) {
    String permissions = mapping.group(3);
    Set<Protection> protection = EnumSet.noneOf(Protection.class);
    if (permissions.charAt(0) == 'r') {
      protection.add(Protection.READ);
    }
    if (permissions.charAt(1) == 'w') {
      protection.add(Protection.WRITE);
    }
    if (permissions.charAt(2) == 'x') {
      protection.add(Protection.EXECUTE);
    }
    boolean file = !mapping.group(5).equals("0");
    long offset = file ? Long.parseUnsignedLong(mapping.group(4), 16) + run.start() - start : 0;
    return new MappingView(
        run,
        protection,
        permissions.charAt(3) == 's',
        file ? nameOf(mapping.group(6)) : null,
        offset,
        residentBytes,
        hugeBytes,
        modes);
  }

  private static String nameOf(String path) {
    String name = path.startsWith("/memfd:") ? path.substring("/memfd:".length()) : path;
    String deleted = " (deleted)";
    return name.endsWith(deleted) ? name.substring(0, name.length() - deleted.length()) : name;
  }
}
