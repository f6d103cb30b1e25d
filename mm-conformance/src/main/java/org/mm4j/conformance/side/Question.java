/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.mm4j.conformance.scenario.CallKind.Effect;
import org.mm4j.conformance.scenario.Step;
import org.mm4j.conformance.scenario.World;

/**
 * What is to be looked at.
 *
 * @param files the files: size, blocks, data and holes
 * @param layouts the address spaces whose mappings are looked at
 * @param residencies the address spaces whose resident pages are looked at; part of the former
 * @param translations the address spaces whose huge translations are looked at, if everything is
 * @param uffds the userfaultfds: whether there is a message
 * @param everything also contents, seals and huge mappings, which take long
 */
public record Question(
    List<Integer> files,
    Set<Integer> layouts,
    Set<Integer> residencies,
    Set<Integer> translations,
    List<Integer> uffds,
    boolean everything) {
  /** Copies the collections. */
  public Question {
    files = List.copyOf(files);
    layouts = Set.copyOf(layouts);
    residencies = Set.copyOf(residencies);
    translations = Set.copyOf(translations);
    uffds = List.copyOf(uffds);
  }

  /** Everything there is. */
  public static Question everything(World world) {
    return new Question(
        List.copyOf(world.files().keySet()),
        world.spaces().keySet(),
        world.spaces().keySet(),
        world.spaces().entrySet().stream()
            .filter(each -> !each.getValue().translationsDiffer())
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet()),
        List.copyOf(world.uffds().keySet()),
        true);
  }

  /** What a step can have changed, as far as it is quickly seen. */
  public static Question after(Step step, World world) {
    Effect effect = step.call().effect();
    boolean pages = effect == Effect.PAGES || effect == Effect.LAYOUT;
    Set<Integer> own =
        pages && world.spaces().containsKey(step.lane().space())
            ? Set.of(step.lane().space())
            : Set.of();
    return new Question(
        effect == Effect.NOTHING ? List.of() : List.copyOf(world.files().keySet()),
        own,
        own,
        Set.of(),
        List.copyOf(world.uffds().keySet()),
        false);
  }
}
