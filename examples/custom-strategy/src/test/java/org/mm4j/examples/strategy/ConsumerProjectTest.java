/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mm4j.examples.strategy.Launch.Outcome;

/**
 * A project of somebody else, made of what the README shows and built with javac against the
 * library's jars: no Maven, nothing installed, nothing of this module.
 */
final class ConsumerProjectTest {
  private static final String STRATEGY = "org.mm4j.examples.strategy.AskFirst";

  private static final String MODULE =
      """
      module com.example {
        requires org.mm4j.khugepaged;

        provides org.mm4j.spi.CollapseStrategy with
            org.mm4j.examples.strategy.AskFirst;
      }
      """;

  /** Runs the README's first piece, then collapses with the README's strategy, found by name. */
  private static final String MAIN =
      """
      package com.example;

      import java.lang.foreign.MemorySegment;
      import java.util.Set;
      import org.mm4j.*;

      public final class Main {
        public static void main(String[] arguments) {
          useIt();
          writeYourOwnStrategy();
        }

        static void useIt() {
          // the README's first piece
        }

        static void writeYourOwnStrategy() {
          try (MemorySystem memory = MemorySystem.simulated().hugeOrder(3).strategy("ask-first").build();
              MemoryFile file = memory.createMemoryFile("file", Set.of());
              AddressSpace space = memory.newAddressSpace()) {
            file.truncate(1 << 16);
            long address = space.map(MapRequest.shared(file, 0, 1 << 16));
            AddressRange first = new AddressRange(address, 1 << 15);
            AddressRange second = new AddressRange(address + (1 << 15), 1 << 15);
            space.write(first.start(), MemorySegment.ofArray(new byte[1]));
            space.advise(first, Advice.COLLAPSE);
            System.out.println("a range with holes: collapsed");
            space.write(second.start(), MemorySegment.ofArray(new byte[1]));
            Userfaultfd uffd = space.userfaultfd(Set.of());
            uffd.handshake(Set.of());
            uffd.register(second, Set.of(UffdMode.MISSING));
            try {
              space.advise(second, Advice.COLLAPSE);
            } catch (MemoryException e) {
              System.out.println("a range with watched holes: " + e.errno());
            }
          }
        }
      }
      """;

  @TempDir private Path folder;

  @BeforeEach
  void writeTheProject() throws IOException {
    write("source/org/mm4j/examples/strategy/AskFirst.java", strategy());
    write(
        "source/com/example/Main.java",
        MAIN.replace("// the README's first piece", Readme.snippets("Use it").getFirst()));
  }

  private static String strategy() {
    return Readme.snippets("Write your own strategy").getFirst();
  }

  @Test
  void buildsAndRunsOnTheClassPath() throws Exception {
    write("classes/META-INF/services/org.mm4j.spi.CollapseStrategy", STRATEGY + "\n");
    Launch.compile(
        folder.resolve("source"), folder.resolve("classes"), "-cp", Launch.libraryPath());
    requireItsLines(List.of("-cp", withTheProject(), "com.example.Main"));
  }

  @Test
  void buildsAndRunsOnTheModulePath() throws Exception {
    write("source/module-info.java", MODULE);
    Launch.compile(folder.resolve("source"), folder.resolve("classes"), "-p", Launch.libraryPath());
    requireItsLines(List.of("-p", withTheProject(), "-m", "com.example/com.example.Main"));
  }

  private String withTheProject() {
    return folder.resolve("classes") + File.pathSeparator + Launch.libraryPath();
  }

  private void requireItsLines(List<String> java) throws Exception {
    Outcome outcome = Launch.java(folder, java);
    assertEquals(
        "a range with holes: collapsed\na range with watched holes: EBUSY\n", outcome.text());
    assertEquals(0, outcome.status());
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
