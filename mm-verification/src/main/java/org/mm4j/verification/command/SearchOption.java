/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.command;

import org.mm4j.testkit.explore.Search;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --search}. */
final class SearchOption implements ITypeConverter<Search> {
  static final String SYNTAX = "exhaustive, naive, preemptions:N, random:SEED, pct:SEED:DEPTH";

  /** For picocli. */
  SearchOption() {}

  @Override
  public Search convert(String text) {
    String[] parts = text.split(":", -1);
    try {
      return switch (parts[0] + "/" + (parts.length - 1)) {
        case "exhaustive/0" -> Search.exhaustive();
        case "naive/0" -> Search.naive();
        case "preemptions/1" -> Search.fewestPreemptions(Integer.parseInt(parts[1]));
        case "random/1" -> Search.random(Long.parseLong(parts[1]));
        case "pct/2" -> Search.pct(Long.parseLong(parts[1]), Integer.parseInt(parts[2]));
        default -> throw new TypeConversionException(unknown(text));
      };
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(unknown(text));
    }
  }

  private static String unknown(String text) {
    return "'" + text + "' is not one of " + SYNTAX;
  }
}
