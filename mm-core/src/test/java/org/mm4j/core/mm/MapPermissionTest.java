/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mm4j.core.mm.World.PAGE;
import static org.mm4j.core.mm.World.refuses;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mm4j.Errno;
import org.mm4j.MapRequest;
import org.mm4j.spi.MappableFile;
import org.mm4j.spi.VmaFlag;

/** mmap holds the file's permission until the VMA is there. */
final class MapPermissionTest {
  private final List<String> calls = new ArrayList<>();

  private MappableFile observed(TestFile file) {
    MappableFile observed = mock(MappableFile.class, delegatesTo(file));
    doAnswer(
            call -> {
              calls.add("begin, VMAs " + file.opened);
              return file.permittedFlags(call.getArgument(0));
            })
        .when(observed)
        .beginMapping(any());
    doAnswer(
            call -> {
              calls.add("end, VMAs " + file.opened);
              return null;
            })
        .when(observed)
        .endMapping(any(), anyLong());
    return observed;
  }

  @Test
  void thePermissionIsHeldUntilTheVmaIsThere() {
    try (World world = new World()) {
      world.space.map(MapRequest.shared(observed(world.file), 0, PAGE));
      assertEquals(List.of("begin, VMAs 0", "end, VMAs 1"), calls);
    }
  }

  @Test
  void aRefusedMappingGivesThePermissionBack() {
    try (World world = new World()) {
      world.file.mayFlags = VmaFlag.MAY_READ.bit();
      MapRequest writable = MapRequest.shared(observed(world.file), 0, PAGE);
      refuses(Errno.EACCES, () -> world.space.map(writable));
      assertEquals(List.of("begin, VMAs 0", "end, VMAs 0"), calls);
    }
  }
}
