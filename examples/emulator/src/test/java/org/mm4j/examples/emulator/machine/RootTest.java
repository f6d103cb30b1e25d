/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.machine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.file.FileTree;

/** {@code --root}: the guest sees the files below it, can change none, and cannot leave. */
final class RootTest {
  @TempDir private Path folder;
  private FileTree tree;

  @BeforeEach
  void makeFiles() throws IOException {
    Files.writeString(folder.resolve("secret"), "secret");
    Path root = Files.createDirectories(folder.resolve("root/sub")).getParent();
    Files.writeString(root.resolve("file"), "text");
    Files.createSymbolicLink(root.resolve("inside"), Path.of("sub/../file"));
    Files.createSymbolicLink(root.resolve("outside"), folder.resolve("secret"));
    Files.createSymbolicLink(root.resolve("upwards"), Path.of("../secret"));
    tree = new FileTree(root.toRealPath(), "/", null, Map.of());
  }

  private String read(String name) throws Exception {
    MemorySegment bytes = MemorySegment.ofArray(new byte[16]);
    int length = tree.open(tree.absolute(null, name), 0).read(bytes);
    return UTF_8.decode(bytes.asSlice(0, length).asByteBuffer()).toString();
  }

  @ParameterizedTest
  @CsvSource({"/file", "file", "inside", "sub/../file", "/../../file", "./sub/.././file"})
  void whatIsBelowIsRead(String name) throws Exception {
    assertEquals("text", read(name));
  }

  @ParameterizedTest
  @CsvSource({
    "/secret, 0, ENOENT",
    "/../secret, 0, ENOENT",
    "outside, 0, ENOENT",
    "upwards, 0, ENOENT",
    "nosuch, 0, ENOENT",
    "file, 1, EROFS",
    "file, 2, EROFS",
    "new, 0x41, EROFS",
    "sub, 1, EISDIR",
    "file, 0x10000, ENOTDIR",
    "file, 0xc0, EEXIST",
    "file/below, 0, ENOTDIR"
  })
  void allElseIsRefused(String name, String flags, String errno) {
    int bits = Integer.decode(flags);
    SyscallException refused =
        assertThrows(
            SyscallException.class, () -> tree.open(tree.absolute(null, name), bits).status());
    assertEquals(errno, refused.errno().name());
  }

  @Test
  void aNameWithAZeroCannotBe() {
    assertThrows(SyscallException.class, () -> tree.absolute(null, "\0"));
  }
}
