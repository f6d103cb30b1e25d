/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.mm4j.Pages;
import org.mm4j.conformance.scenario.Bits;
import org.mm4j.conformance.scenario.Observation;
import org.mm4j.conformance.side.Probe.Mapped;

/** Puts what a {@link Probe} sees into words: pages as runs, contents as one digest per page. */
final class Observer {
  /** Contents beyond this are not looked at: some scenarios make files of exabytes. */
  private static final long CONTENT_BYTES = 16L << 20;

  private static final int PIECE_BYTES = 1 << 18;
  private static final int SEGMENTS = 4096;

  private final Probe probe;
  private final CRC32 digest = new CRC32();

  Observer(Probe probe) {
    this.probe = probe;
  }

  Observation observe(Question question) {
    Map<String, String> values = new TreeMap<>();
    for (int file : question.files()) {
      long size = probe.sizeBytes(file);
      values.put("f" + file + " size", "0x" + Long.toHexString(size));
      values.put("f" + file + " blocks", Long.toString(probe.blocks(file)));
      values.put("f" + file + " data", data(file));
      if (question.everything()) {
        values.put(
            "f" + file + " seals", Bits.SEAL.set(Bits.SEAL.of(probe.seals(file))).toString());
        values.put("f" + file + " content", content(file, Math.min(size, CONTENT_BYTES)));
      }
    }
    for (int space : question.layouts()) {
      List<Mapped> mappings = probe.mappings(space, question.everything());
      values.put("s" + space + " maps", maps(mappings));
      if (question.residencies().contains(space)) {
        values.put("s" + space + " resident", resident(space, mappings));
      }
      if (question.everything()) {
        values.put(
            "s" + space + " smaps", smaps(mappings, question.translations().contains(space)));
      }
    }
    for (int uffd : question.uffds()) {
      values.put("u" + uffd + " poll", probe.readiness(uffd).name());
    }
    return Observation.of(values);
  }

  /** Where data is, in bytes. */
  private String data(int file) {
    StringJoiner ranges = new StringJoiner(" ");
    OptionalLong data = probe.seekData(file, 0);
    for (int i = 0; data.isPresent() && i < SEGMENTS; i++) {
      OptionalLong hole = probe.seekHole(file, data.getAsLong());
      ranges.add(String.format(Locale.ROOT, "%x..%x", data.getAsLong(), hole.orElse(-1)));
      data = hole.isPresent() ? probe.seekData(file, hole.getAsLong()) : OptionalLong.empty();
    }
    return ranges.toString();
  }

  private String content(int file, long sizeBytes) {
    Runs runs = new Runs();
    for (long offset = 0; offset < sizeBytes; offset += PIECE_BYTES) {
      int length = (int) Math.min(PIECE_BYTES, sizeBytes - offset);
      MemorySegment bytes = probe.content(file, offset, length);
      for (long at = 0; at < bytes.byteSize(); at += Pages.SIZE_BYTES) {
        long end = Math.min(at + Pages.SIZE_BYTES, bytes.byteSize());
        runs.add(digest(bytes.asSlice(at, end - at)));
      }
    }
    return runs.toString();
  }

  /** Returns a digest of up to a page; that of zeros is {@code 0}. */
  private String digest(MemorySegment page) {
    if (isZero(page)) {
      return "0";
    }
    digest.reset();
    digest.update(page.asByteBuffer());
    return Long.toHexString(digest.getValue());
  }

  private static final byte[] ZEROS = new byte[Pages.SIZE_BYTES];

  private static boolean isZero(MemorySegment page) {
    return page.mismatch(MemorySegment.ofArray(ZEROS).asSlice(0, page.byteSize())) < 0;
  }

  private static String maps(List<Mapped> mappings) {
    StringJoiner lines = new StringJoiner("; ");
    for (Mapped mapped : mappings) {
      lines.add(range(mapped) + " " + mapped.text());
    }
    return lines.toString();
  }

  private static String range(Mapped mapped) {
    return String.format(Locale.ROOT, "%x-%x", mapped.range().start(), mapped.range().end());
  }

  /** Which pages of each mapping are resident, as runs of page numbers in it. */
  private String resident(int space, List<Mapped> mappings) {
    StringJoiner lines = new StringJoiner("; ");
    for (Mapped mapped : mappings) {
      String runs = PageRuns.of(probe.residency(space, mapped.range()));
      lines.add(Long.toHexString(mapped.range().start()) + ": " + runs);
    }
    return lines.toString();
  }

  private static String smaps(List<Mapped> mappings, boolean withTranslations) {
    StringJoiner lines = new StringJoiner("; ");
    for (Mapped mapped : mappings) {
      String watched = mapped.watched() ? " watched" : "";
      String huge = withTranslations ? " " + (mapped.hugeBytes() >> 10) + " kB huge" : "";
      lines.add(range(mapped) + huge + watched);
    }
    return lines.toString();
  }

  /** Words, equal neighbours written once: {@code 0*512 3a*1}. */
  private static final class Runs {
    private final StringJoiner text = new StringJoiner(" ");
    private String current = "";
    private int count;

    void add(String word) {
      if (!word.equals(current)) {
        end();
        current = word;
      }
      count++;
    }

    private void end() {
      if (count > 0) {
        text.add(current + "*" + count);
      }
      count = 0;
    }

    @Override
    public String toString() {
      end();
      return text.toString();
    }
  }
}
