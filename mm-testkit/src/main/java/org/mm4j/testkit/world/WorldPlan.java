/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mm4j.Extension;
import org.mm4j.spi.CollapseStrategy;

/**
 * How a world begins: immutable, and the same world each time.
 *
 * <pre>{@code
 * WorldPlan plan = WorldPlan.small().strategy(new MyStrategy()).watching(Watched.TAIL);
 * }</pre>
 *
 * @param size the sizes
 * @param pattern what the file holds
 * @param watched what the guest maps
 * @param armed whether the guest has registered it already
 * @param strategy how the kernel collapses, or null for its default, {@code linux}
 * @param extensions what else the kernel is given
 */
public record WorldPlan(
    WorldSize size,
    PagePattern pattern,
    Watched watched,
    boolean armed,
    @Nullable CollapseStrategy strategy,
    List<Extension> extensions) {
  /** What a small world holds unless it is told otherwise: two holes among six pages. */
  public static final PagePattern USUAL = new PagePattern("p-p-pppp");

  /** Copies the list, and checks that the pattern fits. */
  public WorldPlan {
    extensions = List.copyOf(extensions);
    if (pattern.letters().length() > size.pages()) {
      throw new IllegalArgumentException(pattern + " is longer than " + size.pages() + " pages");
    }
  }

  /** A small world with {@code linux}, where nothing is registered yet. */
  public static WorldPlan small() {
    return of(WorldSize.SMALL);
  }

  /** A world of Linux's sizes with {@code linux}: the usual pages, and then holes to the end. */
  public static WorldPlan full() {
    return of(WorldSize.FULL);
  }

  private static WorldPlan of(WorldSize size) {
    return new WorldPlan(size, USUAL, Watched.WHOLE, false, null, List.of());
  }

  /** The same with another strategy. */
  public WorldPlan strategy(@Nullable CollapseStrategy other) {
    return new WorldPlan(size, pattern, watched, armed, other, extensions);
  }

  /** The same with another content, see {@link PagePattern}. */
  public WorldPlan pages(String letters) {
    return new WorldPlan(size, new PagePattern(letters), watched, armed, strategy, extensions);
  }

  /** The same with another mapping of the guest. */
  public WorldPlan watching(Watched other) {
    return new WorldPlan(size, pattern, other, armed, strategy, extensions);
  }

  /** The same with a registration from the start, or without. */
  public WorldPlan armed(boolean fromTheStart) {
    return new WorldPlan(size, pattern, watched, fromTheStart, strategy, extensions);
  }

  /** The same with more extensions of the kernel, such as session interceptors. */
  public WorldPlan with(Extension... more) {
    List<Extension> all = new ArrayList<>(extensions);
    all.addAll(List.of(more));
    return new WorldPlan(size, pattern, watched, armed, strategy, all);
  }

  /** Returns a name that says everything but the extensions. */
  public String label() {
    return "%s %s %s%s %s"
        .formatted(
            size.label(),
            pattern,
            watched.label(),
            armed ? " armed" : "",
            strategy == null ? "linux" : strategy.name());
  }

  /** Builds a world. */
  public World build() {
    return new World(this, new KernelSource(this));
  }
}
