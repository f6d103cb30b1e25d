/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.command;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --budget}: 90s, 10m, 1h. */
final class BudgetOption implements ITypeConverter<Duration> {
  private static final Pattern SYNTAX = Pattern.compile("([1-9][0-9]{0,5})([smh])");

  /** For picocli. */
  BudgetOption() {}

  @Override
  public Duration convert(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      throw new TypeConversionException("'" + text + "' is no time such as 90s, 10m or 1h");
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      default -> Duration.ofHours(count);
    };
  }
}
