/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.mm4j.Errno;
import org.mm4j.MemoryException;

/**
 * The machine's settings of transparent huge pages: read, and changed for a while.
 *
 * <p>They are global: a change is seen by every process. So a change is a scope that puts back what
 * was there, whatever happens: at its end, at the end of the JVM (SIGTERM included), and, if the
 * process was killed, when the next scope is opened or {@link #recover()} is called. Scopes of
 * several processes, and of several threads, wait for each other.
 *
 * <pre>{@code
 * try (ThpSettings.Scope s = thp.change(Map.of(Setting.SHMEM_ENABLED, "advise"))) {
 *   ...
 * }
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class ThpSettings {
  private final Path root;
  private final SettingsJournal journal;

  ThpSettings(Path root, Path journalFolder) {
    this.root = root;
    this.journal = new SettingsJournal(this, journalFolder);
  }

  /** Returns the running kernel's. */
  static ThpSettings running() {
    return new ThpSettings(Path.of("/sys/kernel/mm/transparent_hugepage"), Path.of("/run/mm4j"));
  }

  /** A setting, by the name of its file. */
  public enum Setting {
    /** Huge pages of anonymous memory: always, madvise, never. */
    ENABLED("enabled"),
    /** How hard a fault tries: always, defer, defer+madvise, madvise, never. */
    DEFRAG("defrag"),
    /** Huge pages of memory files: always, within_size, advise, never, deny, force. */
    SHMEM_ENABLED("shmem_enabled"),
    /** Huge pages of 2 MiB of anonymous memory: always, inherit, madvise, never. */
    PMD_ENABLED("hugepages-2048kB/enabled"),
    /** Huge pages of 2 MiB of memory files: always, inherit, within_size, advise, never. */
    PMD_SHMEM_ENABLED("hugepages-2048kB/shmem_enabled"),
    /** Whether khugepaged compacts memory to get a huge page: 0 or 1. */
    KHUGEPAGED_DEFRAG("khugepaged/defrag"),
    /** Pages per round. */
    PAGES_TO_SCAN("khugepaged/pages_to_scan"),
    /** Milliseconds between rounds. */
    SCAN_SLEEP_MILLISECS("khugepaged/scan_sleep_millisecs"),
    /** Milliseconds after a huge page could not be had. */
    ALLOC_SLEEP_MILLISECS("khugepaged/alloc_sleep_millisecs"),
    /** How many holes a range may have. */
    MAX_PTES_NONE("khugepaged/max_ptes_none"),
    /** How many of its pages may be swapped out. */
    MAX_PTES_SWAP("khugepaged/max_ptes_swap"),
    /** How many of its pages may be shared. */
    MAX_PTES_SHARED("khugepaged/max_ptes_shared");

    private final String path;

    Setting(String path) {
      this.path = path;
    }

    /** Returns the file, below {@code /sys/kernel/mm/transparent_hugepage}. */
    public String path() {
      return path;
    }
  }

  /** A change that lasts until it is closed. */
  public interface Scope extends AutoCloseable {
    /** Puts back what was there. Closing twice does nothing. */
    @Override
    void close();
  }

  /** Returns the settings this kernel has. */
  public Map<Setting, String> read() {
    Map<Setting, String> values = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      if (Files.exists(root.resolve(setting.path))) {
        values.put(setting, read(setting));
      }
    }
    return values;
  }

  /**
   * Returns a setting; of a choice, the active one.
   *
   * @throws MemoryException ENOSYS if this kernel does not have it
   */
  public String read(Setting setting) {
    return active(text(setting.path));
  }

  /**
   * Returns a counter of khugepaged, {@code pages_collapsed} or {@code full_scans}.
   *
   * @throws MemoryException ENOSYS if this kernel does not have it
   */
  long counter(String name) {
    return Long.parseLong(text("khugepaged/" + name));
  }

  private String text(String path) {
    try {
      return Files.readString(root.resolve(path)).strip();
    } catch (IOException e) {
      throw refused(path, "", e);
    }
  }

  /** Returns the choice in brackets of a line like {@code always [madvise] never}. */
  static String active(String line) {
    int from = line.indexOf('[');
    int to = line.indexOf(']');
    return from >= 0 && to > from ? line.substring(from + 1, to) : line;
  }

  /**
   * Sets a setting for good. Prefer {@link #change}.
   *
   * @throws MemoryException EINVAL for a value the kernel refuses; EACCES without the privilege
   */
  public void write(Setting setting, String value) {
    if (value.isEmpty()) {
      throw new MemoryException(Errno.EINVAL, setting.path, 0, "the value is empty");
    }
    try {
      Files.write(root.resolve(setting.path), value.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw refused(setting.path, value, e);
    }
  }

  static MemoryException refused(String path, String value, IOException cause) {
    String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    Errno errno =
        switch (cause) {
          case NoSuchFileException absent -> Errno.ENOSYS;
          case AccessDeniedException denied -> Errno.EACCES;
          default ->
              message.contains("invalid argument")
                  ? Errno.EINVAL
                  : message.contains("not permitted") || message.contains("read-only")
                      ? Errno.EACCES
                      : Errno.EIO;
        };
    MemoryException refused =
        new MemoryException(errno, path, 0, value.isEmpty() ? message : "value " + value);
    refused.initCause(cause);
    return refused;
  }

  /**
   * Changes settings until the scope is closed. Waits while another scope is open, in this process
   * or another, and says so in the log.
   *
   * @throws IllegalStateException if this thread has a scope open
   * @throws MemoryException as {@link #write}; nothing is changed then
   */
  public Scope change(Map<Setting, String> values) {
    return journal.change(values);
  }

  /**
   * Puts back what a killed process left changed. Does nothing if there is no such process, or if
   * one is still at it.
   *
   * @return whether anything was put back
   */
  public boolean recover() {
    return journal.recover();
  }
}
