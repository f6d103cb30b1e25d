/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** What a verification suite of the kit says about something: the rules that it breaks, and how. */
final class KitReport implements TestExecutionListener {
  private static final Pattern RULE = Pattern.compile("rule_(\\d+)_(\\d+)_\\w+");
  private static final Comparator<String> BY_NUMBER =
      Comparator.comparingInt((String rule) -> part(rule, 0))
          .thenComparingInt(rule -> part(rule, 1));

  private final Map<String, String> broken = new TreeMap<>(BY_NUMBER);
  private int tests;

  private KitReport() {}

  /** Runs a suite. */
  static KitReport of(Class<?> suite) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(suite)).build();
    KitReport report = new KitReport();
    LauncherFactory.create().execute(request, report);
    if (report.tests == 0) {
      throw new AssertionError(suite + " has no tests");
    }
    return report;
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (!test.isTest()) {
      return;
    }
    tests++;
    if (result.getStatus() == TestExecutionResult.Status.FAILED) {
      String message = result.getThrowable().map(Throwable::toString).orElse("");
      broken.merge(
          ruleOf(test.getDisplayName()), test.getDisplayName() + ": " + message, String::concat);
    }
  }

  private static int part(String rule, int number) {
    return Integer.parseInt(rule.split("\\.", 2)[number]);
  }

  private static String ruleOf(String testName) {
    Matcher matcher = RULE.matcher(testName);
    if (!matcher.find()) {
      throw new AssertionError(testName + " names no rule");
    }
    return matcher.group(1) + "." + matcher.group(2);
  }

  /** The rules that are broken. */
  Set<String> brokenRules() {
    return broken.keySet();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    broken.forEach(
        (rule, how) -> text.append(System.lineSeparator()).append(rule).append(' ').append(how));
    return text.toString();
  }
}
