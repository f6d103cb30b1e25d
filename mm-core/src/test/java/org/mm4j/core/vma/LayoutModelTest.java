/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random operations against a model that knows no VMAs, just a letter per page. As neighbours that
 * could be one VMA always are, the picture of the layout has to be the model, without a bar.
 */
final class LayoutModelTest {
  private static final int PAGES = 96;
  private static final int OPERATIONS = 1_500;

  static LongStream seeds() {
    return Seeds.of(12);
  }

  @ParameterizedTest(name = "-Dmm4j.seed={0}")
  @MethodSource("seeds")
  void theLayoutIsWhatAMapOfPagesSays(long seed) {
    Random random = new Random(seed);
    char[] model = new char[PAGES];
    Arrays.fill(model, '.');
    Picture picture = new Picture(new String(model));
    for (int i = 0; i < OPERATIONS; i++) {
      int first = random.nextInt(PAGES);
      int last = Math.min(PAGES - 1, first + random.nextInt(1 + random.nextInt(20)));
      String operation = step(random, picture, model, first, last);
      String where = "-Dmm4j.seed=" + seed + " step " + i + ": " + operation;
      try {
        picture.check();
      } catch (IllegalStateException e) {
        throw new AssertionError(where, e);
      }
      assertEquals(new String(model), picture.toString(), where);
    }
  }

  private static String step(Random random, Picture picture, char[] model, int first, int last) {
    return switch (random.nextInt(6)) {
      case 0 -> cut(picture, model, first, last);
      case 1, 2 -> {
        char letter = Picture.LETTERS.charAt(random.nextInt(Picture.LETTERS.length()));
        yield map(picture, model, first, last, letter);
      }
      // Only letters of file one at its usual offset stand for flags and a watcher alone.
      default ->
          change(
              picture,
              model,
              first,
              endOfUsual(model, first, last),
              "ABCae".charAt(random.nextInt(5)));
    };
  }

  private static String cut(Picture picture, char[] model, int first, int last) {
    picture.cut(first, last);
    Arrays.fill(model, first, last + 1, '.');
    return "cut " + first + "-" + last;
  }

  private static String map(Picture picture, char[] model, int first, int last, char letter) {
    picture.map(first, last, letter);
    Arrays.fill(model, first, last + 1, letter);
    return "map " + first + "-" + last + " " + letter;
  }

  private static String change(Picture picture, char[] model, int first, int last, char letter) {
    if (last < first) {
      return "nothing";
    }
    picture.change(first, last, letter);
    for (int page = first; page <= last; page++) {
      model[page] = model[page] == '.' ? '.' : letter;
    }
    return "change " + first + "-" + last + " " + letter;
  }

  private static int endOfUsual(char[] model, int first, int last) {
    int page = first;
    while (page <= last && "ABCae.".indexOf(model[page]) >= 0) {
      page++;
    }
    return page - 1;
  }
}
