/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mm4j.spi.PageCache;

/** The kit reports of each wrong page cache exactly the rules that it breaks. */
final class WrongPageCachesTest {
  private static Stream<Supplier<PageCache>> wrong() {
    return Stream.of(CursorRemembersItsNode::new);
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void theKitReportsExactlyTheRulesThatAreBroken(Supplier<PageCache> wrong) {
    Class<?> type = wrong.get().getClass();
    PageCacheSuite.verify(wrong);
    KitReport report = KitReport.of(PageCacheSuite.class);
    assertEquals(
        Set.of(type.getAnnotation(Breaks.class).value()), report.brokenRules(), report::toString);
  }
}
