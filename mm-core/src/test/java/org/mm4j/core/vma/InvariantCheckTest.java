/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The checker itself: each kind of damage must be found. */
final class InvariantCheckTest {
  private final Picture picture = new Picture("AAB.YY");

  private void assertFound(String what) {
    IllegalStateException found =
        assertThrows(
            IllegalStateException.class,
            () -> picture.layout.check(List.of(picture.fileOne, picture.fileTwo)));
    assertTrue(found.getMessage().contains(what), found::getMessage);
  }

  @Test
  void neighboursThatShouldBeOneAreFound() {
    picture.layout.insert(picture.vma(6, 6, 'Y'));
    assertFound("not merged");
  }

  @Test
  void neighboursThatBecameAlikeAreFound() {
    picture.at(2).setFlags(picture.at(0).flags());
    assertFound("not merged");
  }

  @Test
  void rule_2_6_aVmaThatTheReverseMapLacksIsFound() {
    picture.fileTwo.reverseMap().remove(picture.at(4));
    assertFound("lacks");
  }

  @Test
  void aVmaThatTheReverseMapKeptIsFound() {
    picture.layout.tree().remove(picture.at(4));
    assertFound("not in the tree");
  }

  @Test
  void aVmaInTheReverseMapOfAnotherFileIsFound() {
    picture.fileTwo.reverseMap().insert(picture.at(2));
    assertFound("another file");
  }
}
