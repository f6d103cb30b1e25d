/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mm4j.spi.ReverseMap;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;

/** The rules of splitting and merging, as pictures (see {@link Picture}). */
final class SplitAndMergeTest {
  @ParameterizedTest(name = "{0}: {1} gives {2}")
  @CsvSource(
      textBlock =
          """
          # Linux's eight cases: a new VMA with nothing, the previous, the next, both
          BB.BB,  map 2-2 A,     BBABB
          AA.BB,  map 2-2 A,     AAABB
          BB.AA,  map 2-2 A,     BBAAA
          AA.AA,  map 2-2 A,     AAAAA
          # a part changed at the start, in the middle, at the end, whole
          AAAA,   change 0-0 B,  BAAA
          AAAA,   change 1-2 B,  ABBA
          AAAA,   change 3-3 B,  AAAB
          AAAA,   change 0-3 B,  BBBB
          # a part given to the previous one, to the next one; a whole one to one or both
          AABB,   change 2-2 A,  AAAB
          AABB,   change 1-1 B,  ABBB
          AABB,   change 2-3 A,  AAAA
          AABB,   change 0-1 B,  BBBB
          AABBAA, change 2-3 A,  AAAAAA
          CABA,   change 2-2 A,  CAAA
          ABC,    change 1-1 A,  AAC
          ABC,    change 1-1 C,  ACC
          # a middle part merges with nobody, though the neighbours are alike
          BAAAB,  change 2-2 B,  BABAB
          # no change where there is none
          AABB,   change 0-1 A,  AABB
          AAAA,   change 1-2 A,  AAAA
          # several VMAs in one call
          AB.CA,  change 0-4 B,  BB.BB
          ABCABC, change 1-4 B,  ABBBBC
          # what keeps neighbours apart: offset, file, anonymity, userfaultfd
          AA.,    map 2-2 X,     AAX
          AAX,    map 2-2 A,     AAA
          AA.,    map 2-2 Y,     AAY
          AA.,    map 2-2 N,     AAN
          NN.,    map 2-2 N,     NNN
          XX.XX,  map 2-2 X,     XXXXX
          AAA,    change 1-1 a,  AaA
          aAe,    change 1-1 a,  aae
          aAe,    change 1-1 e,  aee
          aae,    change 2-2 a,  aaa
          aAa,    change 1-1 a,  aaa
          AaA,    change 1-1 A,  AAA
          AAA,    change 0-2 e,  eee
          # addresses freed and replaced
          AAAA,   cut 1-2,       A..A
          AAAA,   cut 0-1,       ..AA
          AAAA,   cut 2-3,       AA..
          AAAA,   cut 0-3,       ....
          AAB.YY, cut 1-4,       A....Y
          A.B.C,  cut 0-4,       .....
          A..A,   cut 1-2,       A..A
          AAAA,   map 1-2 A,     AAAA
          AAAA,   map 1-2 B,     ABBA
          AA.BB,  map 1-3 B,     ABBBB
          AYNXA,  map 0-4 A,     AAAAA
          """)
  void rule_2_3_rangesSplitAndMerge(String before, String operation, String after) {
    Picture picture = new Picture(before);
    apply(picture, operation);
    picture.check();
    assertEquals(after, picture.toString());
  }

  private static void apply(Picture picture, String operation) {
    String[] words = operation.split(" ", -1);
    String[] ends = words[1].split("-", -1);
    int first = Integer.parseInt(ends[0]);
    int last = Integer.parseInt(ends[1]);
    switch (words[0]) {
      case "map" -> picture.map(first, last, words[2].charAt(0));
      case "change" -> picture.change(first, last, words[2].charAt(0));
      case "cut" -> picture.cut(first, last);
      default -> throw new IllegalArgumentException(operation);
    }
  }

  @Test
  void rule_2_7_aWholeVmaThatMergesWithNothingIsChangedInPlace() {
    Picture picture = new Picture("CAAAC");
    MappedVma vma = picture.at(1);
    picture.change(1, 3, 'a');
    assertSame(vma, picture.at(2));
    assertEquals("CaaaC", picture.toString());
    picture.change(1, 3, 'B');
    assertSame(vma, picture.at(2));
    assertEquals("CBBBC", picture.toString());
  }

  @Test
  void rule_2_7_changingInPlaceTouchesNoReverseMap() {
    ReverseMap reverseMap = mock();
    TestMemory mm = new TestMemory(1);
    MappedVma vma =
        new MappedVma(
            mm, Picture.pages(0, 3), new TestFile("f", reverseMap), 0, VmaFlag.READ.bit(), null);
    mm.mmapLock().lock();
    mm.layout.insertMerging(vma);
    clearInvocations(reverseMap);
    mm.layout.change(vma, vma.range(), VmaFlag.UFFD_MISSING.bit(), null);
    verify(reverseMap, never()).replace(any(), any());
    mm.mmapLock().unlock();
  }

  @Test
  void aSplitIsPublishedWithTheOldFlagsAndAMergeWithTheNew() {
    List<String> exchanges = new ArrayList<>();
    ReverseMap reverseMap = mock();
    doAnswer(
            call -> {
              List<Vma> pieces = call.getArgument(1);
              StringBuilder text = new StringBuilder();
              for (Vma piece : pieces) {
                long pages = piece.endIndex() - piece.pageOffset();
                text.append(String.format(Locale.ROOT, "%dx%d ", pages, piece.flags()));
              }
              exchanges.add(text.toString().trim());
              return null;
            })
        .when(reverseMap)
        .replace(any(), any());
    TestMemory mm = new TestMemory(1);
    MappedVma vma =
        new MappedVma(mm, Picture.pages(0, 3), new TestFile("f", reverseMap), 0, 1, null);
    mm.mmapLock().lock();
    mm.layout.insertMerging(vma);
    MappedVma second = mm.layout.change(vma, Picture.pages(1, 1), 2, null);
    assertEquals(2, second.flags());
    MappedVma third = mm.layout.tree().find(Picture.address(2));
    mm.layout.change(third, Picture.pages(2, 2), 2, null);
    mm.mmapLock().unlock();
    assertEquals(List.of("4x1", "1x1 1x1 2x1", "2x2 1x1"), exchanges);
  }

  @Test
  void rule_2_5_theFileIsNeverWithoutVmaWhileOneIsExchanged() {
    Picture picture = new Picture("AAA");
    TestFile file = picture.fileOne;
    picture.change(1, 1, 'B');
    assertEquals(3, file.open.size());
    picture.change(1, 1, 'A');
    assertEquals(1, file.open.size());
    picture.cut(0, 2);
    assertEquals(0, file.open.size());
  }

  @Test
  void theRemovedPiecesAreReturnedInOrder() {
    Picture picture = new Picture("AAB.YY");
    MappedVma whole = picture.at(2);
    List<MappedVma> removed = picture.cut(1, 4);
    assertEquals(
        List.of(Picture.pages(1, 1), Picture.pages(2, 2), Picture.pages(4, 4)),
        removed.stream().map(MappedVma::range).toList());
    assertSame(whole, removed.get(1));
    assertEquals(removed.get(0).pageOffset() + 3, removed.get(2).pageOffset());
    assertNull(picture.at(1));
  }

  @Test
  void anOperationWithoutTheLockIsRefused() {
    Picture picture = new Picture("AA.");
    MappedVma more = picture.vma(2, 2, 'A');
    assertThrows(IllegalStateException.class, () -> picture.layout.insertMerging(more));
    assertThrows(IllegalStateException.class, () -> picture.layout.cutOut(Picture.pages(0, 0)));
    MappedVma vma = picture.at(0);
    assertThrows(
        IllegalStateException.class, () -> picture.layout.change(vma, vma.range(), 0, null));
    assertEquals("AA.", picture.toString());
  }

  @Test
  void whatOverlapsOrIsNotMappedIsRefusedWithoutAChange() {
    Picture picture = new Picture("AA.");
    MappedVma vma = picture.at(0);
    MappedVma overlapping = picture.vma(1, 2, 'B');
    MappedVma stranger = picture.vma(0, 1, 'A');
    picture.locked(
        () -> {
          VmaLayout layout = picture.layout;
          assertThrows(IllegalArgumentException.class, () -> layout.insertMerging(overlapping));
          assertThrows(IllegalArgumentException.class, () -> layout.insert(overlapping));
          assertThrows(
              IllegalArgumentException.class,
              () -> layout.change(stranger, stranger.range(), 0, null));
          assertThrows(
              IllegalArgumentException.class,
              () -> layout.change(vma, Picture.pages(1, 2), 0, null));
        });
    picture.check();
    assertEquals("AA.", picture.toString());
  }
}
