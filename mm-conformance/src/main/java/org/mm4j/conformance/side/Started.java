/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.util.function.Function;
import org.mm4j.conformance.executor.RawResult;
import org.mm4j.conformance.scenario.Outcome;

/**
 * A call that was begun on the running kernel.
 *
 * @param isUnderWay whether the lane has a request to be waited for; else the outcome is known
 * @param decoder makes the outcome of what the kernel answered
 */
record Started(boolean isUnderWay, Function<RawResult, Outcome> decoder) {
  /** A call that is over. */
  static Started done(Outcome outcome) {
    return new Started(false, result -> outcome);
  }

  /** A request that waits for its end, decoded if the kernel returned. */
  static Started underWay(Function<Long, Outcome> decoder) {
    return new Started(true, result -> decode(result, decoder));
  }

  private static Outcome decode(RawResult result, Function<Long, Outcome> decoder) {
    return switch (result) {
      case RawResult.Returned returned -> decoder.apply(returned.value());
      case RawResult.Signalled signalled ->
          Outcome.signal(signalled.signal(), signalled.code(), signalled.address());
      case RawResult.Ended ended -> new Outcome("ended " + ended.how());
    };
  }
}
