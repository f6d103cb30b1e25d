/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.generate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.mm4j.conformance.compare.KnownDifference;
import org.mm4j.conformance.compare.StepSource;
import org.mm4j.conformance.scenario.CallKind;
import org.mm4j.conformance.scenario.Lane;
import org.mm4j.conformance.scenario.Step;
import org.mm4j.conformance.scenario.World;

/**
 * A random scenario. The same seed gives the same steps as long as the answers are the same.
 *
 * <p>Thread 0 of the first space makes no call that may wait, so that there is always somebody to
 * wake the others.
 */
public final class ScenarioGenerator implements StepSource {
  private static final int ATTEMPTS = 10_000;
  private static final int THREADS = 4;
  private static final int NOBODY = -1;
  private static final int SPACES = 3;
  private static final Map<CallKind, Integer> WEIGHTS = weights();

  private final RandomGenerator random;
  private final Arguments arguments;
  private final Aim aim;
  private final Deque<CallKind> beginning = new ArrayDeque<>();
  private int left;

  /**
   * Creates a scenario.
   *
   * @param seed decides everything
   * @param length how many steps it has
   */
  public ScenarioGenerator(long seed, int length) {
    this.random = RandomGeneratorFactory.of("SplittableRandom").create(seed);
    this.aim = new Aim(random);
    this.arguments = new Arguments(aim);
    this.left = length;
    begin();
  }

  private static Map<CallKind, Integer> weights() {
    Map<CallKind, Integer> weights = new EnumMap<>(CallKind.class);
    for (CallKind call : CallKind.values()) {
      weights.put(
          call,
          switch (call) {
            case ADVISE -> 16;
            case STORE, LOAD, FILL_COPY -> 10;
            case WRITE, PUNCH, MAP -> 7;
            case ALLOCATE, TRUNCATE, REGISTER, FILL_ZERO -> 5;
            case COPY_IN, COPY_OUT, MESSAGES -> 3;
            case READ, WAKE, REMAP, HOLD, LET_GO, HANDSHAKE, FILL_FROM -> 2;
            case UNREGISTER, PROTECT, UNMAP, UFFD -> 2;
            case SEEK_DATA, SEEK_HOLE, CREATE, CLOSE_FILE, CLOSE_UFFD, FORK, EXIT -> 1;
            case RESIDENCY, SEAL -> 1;
          });
    }
    return weights;
  }

  /** Most scenarios begin with something to work on. */
  private void begin() {
    if (aim.chance(95)) {
      beginning.add(CallKind.CREATE);
      beginning.add(CallKind.TRUNCATE);
      beginning.add(CallKind.MAP);
    }
    if (aim.chance(50)) {
      beginning.add(CallKind.MAP);
    }
    if (aim.chance(60)) {
      beginning.add(CallKind.UFFD);
      beginning.add(CallKind.HANDSHAKE);
      beginning.add(CallKind.REGISTER);
    }
  }

  @Override
  public @Nullable Step next(World world) {
    if (left == 0) {
      return null;
    }
    left--;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Step step = attempt(world);
      if (step != null && world.permits(step) && !KnownDifference.leavesOut(step, world)) {
        return step;
      }
    }
    throw new IllegalStateException("no step can be made");
  }

  private @Nullable Step attempt(World world) {
    CallKind call = beginning.isEmpty() ? choose(world) : beginning.poll();
    int space = space(world, call);
    Step step = arguments.of(call, space, world);
    int thread = step == null ? NOBODY : thread(world, step, space);
    if (step == null || thread == NOBODY) {
      return null;
    }
    Lane lane = new Lane(space, thread);
    return Arguments.apart(step.on(lane), world);
  }

  private CallKind choose(World world) {
    if (world.uffds().values().stream().anyMatch(uffd -> !uffd.isReady()) && aim.chance(20)) {
      return CallKind.HANDSHAKE;
    }
    if (!world.waiting().isEmpty() && aim.chance(25)) {
      return switch (random.nextInt(8)) {
        case 0, 1, 2 -> CallKind.FILL_COPY;
        case 3 -> CallKind.FILL_ZERO;
        case 4 -> CallKind.WAKE;
        case 5 -> CallKind.UNREGISTER;
        case 6 -> CallKind.MESSAGES;
        default -> random.nextInt(4) == 0 ? CallKind.CLOSE_UFFD : CallKind.FILL_COPY;
      };
    }
    int sum = WEIGHTS.values().stream().mapToInt(Integer::intValue).sum();
    int chosen = random.nextInt(sum);
    for (Map.Entry<CallKind, Integer> each : WEIGHTS.entrySet()) {
      chosen -= each.getValue();
      if (chosen < 0) {
        return each.getKey();
      }
    }
    throw new AssertionError("the weights have changed");
  }

  private int space(World world, CallKind call) {
    boolean first = call != CallKind.EXIT && aim.chance(70);
    return first || (call == CallKind.FORK && world.spaces().size() >= SPACES)
        ? 0
        : aim.oneOf(world.spaces().keySet().stream().toList());
  }

  private int thread(World world, Step step, int space) {
    boolean mayWait = World.mayWait(step);
    int first = mayWait && space == 0 ? 1 : 0;
    int thread = first + random.nextInt(THREADS - first);
    for (int i = 0; i < THREADS; i++) {
      int candidate = first + (thread - first + i) % (THREADS - first);
      if (!world.waiting().containsKey(new Lane(space, candidate))) {
        return candidate;
      }
    }
    return NOBODY;
  }

  /** Returns whether one more address space may be made. */
  static boolean mayFork(World world) {
    return world.spaces().size() < SPACES;
  }
}
