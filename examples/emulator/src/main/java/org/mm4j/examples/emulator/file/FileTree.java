/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;

/**
 * The files a guest can open by name: the host's below a root, read-only, and texts made up by the
 * emulator, which come first. Thread-safe.
 */
public final class FileTree {
  /** AT_FDCWD. */
  public static final int CURRENT_DIRECTORY = -100;

  private static final String SELF = "/proc/self/exe";
  private static final int WRITE_ONLY = 1;
  private static final int CREATE = 0x40;
  private static final int EXCLUSIVE = 0x80;
  private static final int TRUNCATE = 0x200;
  private static final int DIRECTORY = 0x10000;

  private final Path root;
  private final String directory;
  private final @Nullable Path program;
  private final Map<String, Supplier<String>> texts;

  /**
   * Creates a tree.
   *
   * @param root the host's directory that is the guest's {@code /}; real
   * @param directory the guest's current directory
   * @param program the running program, or null if it is no file of the host
   * @param texts what is made up, by path
   */
  public FileTree(
      Path root, String directory, @Nullable Path program, Map<String, Supplier<String>> texts) {
    this.root = root;
    this.directory = directory;
    this.program = program;
    this.texts = Map.copyOf(texts);
  }

  /** Returns the current directory. */
  public String directory() {
    return directory;
  }

  /**
   * Returns the absolute path of a name.
   *
   * @param base the open directory a relative name starts from, or null for the current one
   */
  public String absolute(@Nullable OpenFile base, String name) {
    if (name.isEmpty()) {
      throw new SyscallException(LinuxErrno.ENOENT);
    }
    if (name.startsWith("/")) {
      return normal("/", name);
    }
    if (base != null && !(base instanceof OpenDirectory)) {
      throw new SyscallException(LinuxErrno.ENOTDIR);
    }
    String start = base instanceof OpenDirectory open ? open.guestPath() : directory;
    return normal(start, name);
  }

  /** A name that the host cannot express names nothing. */
  private static String normal(String start, String name) {
    try {
      return Path.of(start, name).normalize().toString();
    } catch (InvalidPathException e) {
      throw new SyscallException(LinuxErrno.ENOENT);
    }
  }

  /** Opens a file. */
  public OpenFile open(String path, int flags) {
    if (path.equals("/dev/null")) {
      return new NullFile(flags);
    }
    Supplier<String> text = texts.get(path);
    boolean writes = (flags & (OpenFile.ACCESS_MODE | TRUNCATE)) != 0;
    if (text != null) {
      if (writes) {
        throw new SyscallException(LinuxErrno.EACCES);
      }
      return new TextFile(text.get());
    }
    Path host = find(path, (flags & CREATE) != 0);
    if ((flags & (CREATE | EXCLUSIVE)) == (CREATE | EXCLUSIVE)) {
      throw new SyscallException(LinuxErrno.EEXIST);
    }
    boolean isDirectory = Files.isDirectory(host);
    if (writes) {
      boolean wantsToWrite = isDirectory && (flags & OpenFile.ACCESS_MODE) >= WRITE_ONLY;
      throw new SyscallException(wantsToWrite ? LinuxErrno.EISDIR : LinuxErrno.EROFS);
    }
    if (isDirectory) {
      return new OpenDirectory(host, path, flags);
    }
    if ((flags & DIRECTORY) != 0) {
      throw new SyscallException(LinuxErrno.ENOTDIR);
    }
    try {
      return new OpenHostFile(host, flags);
    } catch (IOException e) {
      throw new SyscallException(LinuxErrno.EACCES);
    }
  }

  /** Returns what stat tells of a path. */
  public FileStatus status(String path) {
    if (path.equals("/dev/null")) {
      return new NullFile(0).status();
    }
    Supplier<String> text = texts.get(path);
    return text != null
        ? new TextFile(text.get()).status()
        : OpenHostFile.statusOf(find(path, false));
  }

  /** Returns the target of a symbolic link. */
  public String readLink(String path) {
    if (path.equals(SELF)) {
      return program == null ? "/guest" : program.toString();
    }
    status(path);
    throw new SyscallException(LinuxErrno.EINVAL); // others are followed, never shown
  }

  /** The file of the host behind a path; links that leave the root lead nowhere. */
  private Path find(String path, boolean wouldCreate) {
    if (path.equals(SELF) && program != null) {
      return program;
    }
    Path wanted = root.resolve(path.substring(1));
    try {
      Path real = wanted.toRealPath();
      if (real.startsWith(root)) {
        return real;
      }
    } catch (NoSuchFileException e) {
      if (wouldCreate) {
        throw new SyscallException(LinuxErrno.EROFS);
      }
    } catch (IOException e) {
      throw new SyscallException(isBelowAFile(wanted) ? LinuxErrno.ENOTDIR : LinuxErrno.EACCES);
    }
    throw new SyscallException(LinuxErrno.ENOENT);
  }

  private static boolean isBelowAFile(Path path) {
    for (Path above = path.getParent(); above != null; above = above.getParent()) {
      if (Files.isRegularFile(above)) {
        return true;
      }
    }
    return false;
  }
}
