/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.testkit.explore.MemoryModel;
import org.mm4j.testkit.explore.Search;
import org.mm4j.testkit.explore.Verdict;
import org.mm4j.testkit.world.PagePattern;
import org.mm4j.testkit.world.Role;
import org.mm4j.testkit.world.Roles;
import org.mm4j.testkit.world.Scenario;
import org.mm4j.testkit.world.Watched;
import org.mm4j.testkit.world.WorldPlan;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Explores pairs of roles on the built-in kernel.
 *
 * <p>Exit codes: 0 if every exploration is complete as asked for and no rule is broken; 1 if a rule
 * is broken; 3 if something is complete only within a smaller bound, or not at all; 2 for a wrong
 * command line.
 */
@Command(
    name = "verify-interleavings",
    description = "Explores the interleavings of pairs of operations on the simulated kernel.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Exit codes: 0 everything is complete and unbroken; 1 a rule is broken; 3 a budget was",
      "exhausted, so that something is complete within a smaller bound only, or not at all;",
      "2 a wrong command line."
    })
public final class VerifyInterleavings implements Callable<Integer> {
  private static final int BROKEN = 1;
  private static final int EXHAUSTED = 3;

  /** Worlds on the command line. */
  enum WorldName {
    small,
    full
  }

  /** Mappings of the guest on the command line. */
  enum WatchedName {
    whole,
    tail,
    neighbour
  }

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--world",
      description = "small (8 pages) or full (512 pages); default: ${DEFAULT-VALUE}")
  private WorldName world = WorldName.small;

  @Option(
      names = "--pair",
      paramLabel = "A+B",
      description = "two to four roles, joined by '+'; may be repeated; default: all pairs")
  private List<String> pairs = new ArrayList<>();

  @Option(names = "--list", description = "list the roles, and do nothing")
  private boolean list;

  @Option(names = "--model", description = "SC or TSO; default: both, one after the other")
  private @Nullable MemoryModel model;

  @Option(
      names = "--search",
      converter = SearchOption.class,
      paramLabel = "HOW",
      description =
          SearchOption.SYNTAX
              + "; default: exhaustive, and if that does not end in its"
              + " time, preemptions:1")
  private Search search = Search.exhaustive();

  @Option(
      names = "--replay",
      paramLabel = "SCHEDULE",
      description = "one schedule of one pair, as a violation prints it; needs --model")
  private @Nullable String replay;

  @Option(
      names = "--budget",
      converter = BudgetOption.class,
      paramLabel = "TIME",
      description = "the time of each search: 90s, 10m, 1h; default: 1m")
  private Duration budget = Duration.ofMinutes(1);

  @Option(
      names = "--strategy",
      paramLabel = "NAME",
      description = "the collapse strategy, as services name it; default: ${DEFAULT-VALUE}")
  private String strategy = "linux";

  @Option(
      names = "--pages",
      paramLabel = "PATTERN",
      description =
          "what the file holds, one letter per page: p page, m mapped page, a allocated page,"
              + " - hole; default: p-p-pppp")
  private String pages = WorldPlan.USUAL.letters();

  @Option(
      names = "--watched",
      description =
          "what the guest maps: whole, tail (all but two pages), neighbour (one page behind the"
              + " end); default: ${DEFAULT-VALUE}")
  private WatchedName watched = WatchedName.whole;

  @Option(names = "--naive", description = "search each complete pair naively as well, and compare")
  private boolean naive;

  @Option(names = "--report", paramLabel = "FILE", description = "write the table to a file, too")
  private @Nullable Path report;

  /** Creates the command, for picocli. */
  VerifyInterleavings() {}

  /** Runs the command. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new VerifyInterleavings()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Override
  public Integer call() throws IOException {
    if (list) {
      Roles.ALL.forEach(role -> out().println(role.name() + ": " + describe(role)));
      out().flush();
      return 0;
    }
    List<Trial> trials = trials();
    Progress progress = new Progress(out(), trials.size());
    List<TrialResult> results = new ArrayList<>();
    boolean agree = true;
    for (Trial trial : trials) {
      TrialResult result = trial.run(progress);
      results.add(result);
      agree &= !naive || agreesWithNaive(result, progress);
    }
    Report table = new Report(results);
    out().println();
    out().println(table.text());
    out().flush();
    if (report != null) {
      Files.writeString(report, table.text());
    }
    return exitCode(table, agree);
  }

  private static int exitCode(Report table, boolean agree) {
    if (!agree || table.grades().containsKey(TrialResult.Grade.BROKEN)) {
      return BROKEN;
    }
    boolean complete = table.grades().keySet().equals(Set.of(TrialResult.Grade.COMPLETE));
    return complete ? 0 : EXHAUSTED;
  }

  private boolean agreesWithNaive(TrialResult result, Progress progress) {
    Verdict other = result.trial().explore(Search.naive(), progress);
    boolean same =
        other instanceof Verdict.BudgetExhausted || other.getClass() == result.verdict().getClass();
    out()
        .printf(
            "        naive search: %s%n",
            other instanceof Verdict.BudgetExhausted exhausted
                ? "did not end (" + exhausted.limit() + ")"
                : (same ? "the same, " : "DIFFERENT, ")
                    + "%,d runs".formatted(other.effort().runs()));
    out().flush();
    return same;
  }

  // ---------------------------------------------------------------- what was asked for

  private List<Trial> trials() {
    WorldPlan plan = plan();
    List<MemoryModel> models = model == null ? List.of(MemoryModel.values()) : List.of(model);
    List<List<Role>> chosen =
        pairs.isEmpty() ? allPairs() : pairs.stream().map(this::roles).toList();
    if (replay != null && (chosen.size() != 1 || models.size() != 1)) {
      throw wrong("--replay needs one --pair and one --model");
    }
    Search how = replay == null ? search : Search.replay(replay);
    List<Trial> trials = new ArrayList<>();
    for (List<Role> roles : chosen) {
      for (MemoryModel each : models) {
        trials.add(new Trial(Scenario.of(plan, roles.toArray(Role[]::new)), each, how, budget));
      }
    }
    return trials;
  }

  private static List<List<Role>> allPairs() {
    List<List<Role>> all = new ArrayList<>();
    for (int first = 0; first < Roles.ALL.size(); first++) {
      for (int second = first; second < Roles.ALL.size(); second++) {
        all.add(List.of(Roles.ALL.get(first), Roles.ALL.get(second)));
      }
    }
    return all;
  }

  private List<Role> roles(String pair) {
    List<Role> roles = new ArrayList<>();
    for (String name : pair.split("\\+", -1)) {
      roles.add(
          Roles.named(name)
              .orElseThrow(() -> wrong("there is no role '" + name + "', see --list")));
    }
    if (roles.size() < 2 || roles.size() > 4) {
      throw wrong("two to four roles, not " + roles.size() + ": " + pair);
    }
    return roles;
  }

  private WorldPlan plan() {
    try {
      WorldPlan plan = world == WorldName.small ? WorldPlan.small() : WorldPlan.full();
      return plan.pages(new PagePattern(pages).letters())
          .watching(
              switch (watched) {
                case whole -> Watched.WHOLE;
                case tail -> Watched.TAIL;
                case neighbour -> Watched.NEIGHBOUR;
              })
          .strategy(strategyNamed(strategy));
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private static CollapseStrategy strategyNamed(String name) {
    List<String> known = new ArrayList<>();
    for (CollapseStrategy found : ServiceLoader.load(CollapseStrategy.class)) {
      if (found.name().equals(name)) {
        return found;
      }
      known.add(found.name());
    }
    throw new IllegalArgumentException("no strategy '" + name + "'; known are " + known);
  }

  private static String describe(Role role) {
    return String.join(", then ", role.operations().stream().map(o -> o.name()).toList());
  }

  private ParameterException wrong(String message) {
    return new ParameterException(commandSpec().commandLine(), message);
  }

  private PrintWriter out() {
    return commandSpec().commandLine().getOut();
  }

  private CommandSpec commandSpec() {
    if (spec == null) {
      throw new IllegalStateException("picocli has not set up this command");
    }
    return spec;
  }
}
