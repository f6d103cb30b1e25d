/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One comparison at a time on a machine: the settings of huge pages, and the huge pages themselves,
 * are everybody's. A second run waits for the first one and says so. A run that is killed leaves no
 * lock.
 */
public final class RunLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);
  private static final Path SYSTEM_FOLDER = Path.of("/run/mm4j");

  /** A file lock is the process's; this is what its threads wait for. */
  private static final Semaphore IN_THIS_PROCESS = new Semaphore(1);

  private final FileChannel channel;
  private boolean isClosed;

  private RunLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits until no other run is under way.
   *
   * @throws IOException if the lock's file cannot be made
   */
  public static RunLock acquire() throws IOException {
    return acquire(folder());
  }

  static RunLock acquire(Path folder) throws IOException {
    if (!IN_THIS_PROCESS.tryAcquire()) {
      LOG.info("another comparison is under way in this process; waiting for it to end");
      IN_THIS_PROCESS.acquireUninterruptibly();
    }
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              folder.resolve("conformance.lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        LOG.info("another comparison is under way on this machine; waiting for it to end");
        channel.lock();
      }
      return new RunLock(channel);
    } catch (IOException e) {
      if (channel != null) {
        channel.close();
      }
      IN_THIS_PROCESS.release();
      throw e;
    }
  }

  /** The system's folder for what is running, or the temporary one where that is not ours. */
  private static Path folder() throws IOException {
    if (Files.isWritable(SYSTEM_FOLDER) || Files.isWritable(SYSTEM_FOLDER.getParent())) {
      return Files.createDirectories(SYSTEM_FOLDER);
    }
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** Lets the next run begin. Closing twice does nothing. */
  @Override
  public synchronized void close() throws IOException {
    if (!isClosed) {
      isClosed = true;
      try {
        channel.close();
      } finally {
        IN_THIS_PROCESS.release();
      }
    }
  }
}
