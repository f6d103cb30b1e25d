/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.machine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mm4j.examples.emulator.elf.ElfException;
import org.mm4j.examples.emulator.elf.ElfFile;

/**
 * A program to run.
 *
 * @param name what it is called by
 * @param image its checked file
 * @param path where it is on the host, or null if it is bundled
 */
public record Program(String name, ElfFile image, @Nullable Path path) {
  private static final String FOLDER = "/org/mm4j/examples/emulator/guest/";
  private static final List<String> BUNDLED =
      List.of("compute", "faulty", "memory", "migration", "signals", "threads");
  private static final long MAX_BYTES = 1L << 30;

  /** Returns the names of the bundled programs. */
  public static List<String> bundledNames() {
    return BUNDLED;
  }

  /** Returns a bundled program. */
  public static Program bundled(String name) {
    try (InputStream file = Program.class.getResourceAsStream(FOLDER + name + ".elf")) {
      if (file == null) {
        throw new IllegalArgumentException("no bundled program called " + name);
      }
      return new Program(name, ElfFile.parse(file.readAllBytes()), null);
    } catch (IOException | ElfException e) {
      throw new IllegalStateException("the bundled program " + name + " cannot be read", e);
    }
  }

  /**
   * Finds a program: a file of the host if there is one, else a bundled one.
   *
   * @throws ProgramException if there is neither, or it cannot be run; the message is for the user
   */
  public static Program find(String name) throws ProgramException {
    Path path = hostPath(name);
    if (!Files.exists(path) && BUNDLED.contains(name)) {
      return bundled(name);
    }
    try {
      if (Files.isDirectory(path)) {
        throw new ProgramException(name + ": is a directory");
      }
      if (Files.size(path) > MAX_BYTES) {
        throw new ProgramException(name + ": larger than 1 GiB");
      }
      return new Program(name, ElfFile.parse(Files.readAllBytes(path)), path.toRealPath());
    } catch (ElfException e) {
      throw new ProgramException(name + ": " + e.getMessage());
    } catch (NoSuchFileException e) {
      throw noSuchProgram(name);
    } catch (IOException e) {
      throw new ProgramException(name + ": cannot be read");
    }
  }

  /** The empty path would be the current directory. */
  private static Path hostPath(String name) throws ProgramException {
    try {
      if (!name.isEmpty()) {
        return Path.of(name);
      }
    } catch (InvalidPathException e) {
      // No file of the host can be called so.
    }
    throw noSuchProgram(name);
  }

  private static ProgramException noSuchProgram(String name) {
    return new ProgramException(
        name + ": no such file, and no bundled guest (" + String.join(", ", BUNDLED) + ")");
  }
}
