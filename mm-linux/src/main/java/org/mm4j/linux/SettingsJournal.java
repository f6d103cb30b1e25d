/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.mm4j.MemoryException;
import org.mm4j.linux.ThpSettings.Scope;
import org.mm4j.linux.ThpSettings.Setting;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps on disk what a scope has to put back, before it changes anything, so that a kill does not
 * lose it; and one scope at a time on the machine.
 *
 * <p>Lock order: {@link #IN_THIS_PROCESS}, then the file lock.
 */
final class SettingsJournal {
  private static final Logger LOG = LoggerFactory.getLogger(SettingsJournal.class);

  /** A file lock is the process's; this is what threads wait for. */
  private static final Semaphore IN_THIS_PROCESS = new Semaphore(1);

  private static volatile @Nullable OpenScope current;

  private final ThpSettings settings;
  private final Path folder;
  private final Path saved;

  SettingsJournal(ThpSettings settings, Path folder) {
    this.settings = settings;
    this.folder = folder;
    this.saved = folder.resolve("huge-page-settings.saved");
  }

  Scope change(Map<Setting, String> values) {
    OpenScope open = current;
    if (open != null && open.ownerId == Thread.currentThread().threadId()) {
      throw new IllegalStateException("this thread has a scope of huge-page settings open");
    }
    IN_THIS_PROCESS.acquireUninterruptibly();
    boolean done = false;
    FileChannel channel = null;
    try {
      channel = lock(true);
      restoreSaved();
      OpenScope scope = new OpenScope(channel, apply(values));
      current = scope;
      ShutdownHook.install();
      done = true;
      return scope;
    } catch (IOException e) {
      throw ThpSettings.refused(saved.toString(), "", e);
    } finally {
      if (!done) {
        closeQuietly(channel);
        IN_THIS_PROCESS.release();
      }
    }
  }

  boolean recover() {
    if (!Files.exists(saved) || !IN_THIS_PROCESS.tryAcquire()) {
      return false;
    }
    FileChannel channel = null;
    try {
      channel = lock(false);
      return channel != null && restoreSaved();
    } catch (IOException e) {
      throw ThpSettings.refused(saved.toString(), "", e);
    } finally {
      closeQuietly(channel);
      IN_THIS_PROCESS.release();
    }
  }

  /** Takes the machine-wide lock; closing the channel releases it. */
  private @Nullable FileChannel tryLock(FileChannel channel, boolean wait) throws IOException {
    FileLock lock = channel.tryLock();
    if (lock == null && wait) {
      LOG.info("another process has changed the huge-page settings; waiting for it to end");
      lock = channel.lock();
    }
    return lock == null ? null : channel;
  }

  private @Nullable FileChannel lock(boolean wait) throws IOException {
    Files.createDirectories(folder);
    FileChannel channel =
        FileChannel.open(
            folder.resolve("huge-page-settings.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    try {
      FileChannel locked = tryLock(channel, wait);
      if (locked == null) {
        channel.close();
      }
      return locked;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      LOG.warn("cannot close the lock of the huge-page settings", e);
    }
  }

  private Map<Setting, String> apply(Map<Setting, String> values) throws IOException {
    Map<Setting, String> before = new EnumMap<>(Setting.class);
    for (Setting setting : values.keySet()) {
      before.put(setting, settings.read(setting));
    }
    save(before);
    try {
      values.forEach(settings::write);
    } catch (MemoryException e) {
      restore(before);
      throw e;
    }
    return before;
  }

  private void save(Map<Setting, String> values) throws IOException {
    List<String> lines = new ArrayList<>();
    values.forEach((setting, value) -> lines.add(setting + "=" + value));
    Path fresh = folder.resolve("huge-page-settings.new");
    Files.write(fresh, lines);
    try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(fresh, saved, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Puts back what a process that was killed has left. Under the lock. */
  private boolean restoreSaved() throws IOException {
    if (!Files.exists(saved)) {
      return false;
    }
    Map<Setting, String> values = new EnumMap<>(Setting.class);
    for (String line : Files.readAllLines(saved)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.put(Setting.valueOf(line.substring(0, equals)), line.substring(equals + 1));
      }
    }
    LOG.warn("putting back huge-page settings that a killed process left: {}", values);
    return restore(values);
  }

  /** Puts values back; the journal stays if one of them cannot be. */
  private boolean restore(Map<Setting, String> values) {
    boolean whole = true;
    for (Map.Entry<Setting, String> each : values.entrySet()) {
      try {
        settings.write(each.getKey(), each.getValue());
      } catch (MemoryException e) {
        LOG.error("cannot put back {}", each, e);
        whole = false;
      }
    }
    if (whole) {
      try {
        Files.deleteIfExists(saved);
      } catch (IOException e) {
        LOG.error("cannot delete {}", saved, e);
      }
    }
    return whole;
  }

  /** The one scope that is open. */
  private final class OpenScope implements Scope {
    private final long ownerId = Thread.currentThread().threadId();
    private final @Nullable FileChannel channel;
    private final Map<Setting, String> before;
    private boolean closed;

    private OpenScope(@Nullable FileChannel channel, Map<Setting, String> before) {
      this.channel = channel;
      this.before = before;
    }

    @Override
    public synchronized void close() {
      if (closed) {
        return;
      }
      closed = true;
      restore(before);
      current = null;
      closeQuietly(channel);
      IN_THIS_PROCESS.release();
    }
  }

  /** Closes the open scope when the JVM ends, once per JVM. */
  private static final class ShutdownHook {
    static {
      Runtime.getRuntime()
          .addShutdownHook(Thread.ofPlatform().unstarted(ShutdownHook::closeCurrent));
    }

    private ShutdownHook() {}

    /** Installs the hook by being initialised. */
    static void install() {
      LOG.trace("scopes end with the JVM");
    }

    private static void closeCurrent() {
      OpenScope open = current;
      if (open != null) {
        open.close();
      }
    }
  }
}
