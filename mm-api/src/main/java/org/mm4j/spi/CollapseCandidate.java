/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import java.util.BitSet;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.CollapseTrigger;
import org.mm4j.PageRange;
import org.mm4j.UffdMode;

/**
 * A range that could become one huge page, as a {@link CollapsePolicy} sees it: facts of the moment
 * in which they were gathered, and nothing that can be changed through them.
 *
 * <p>What is known anyway is always there; the rest only if the policy declared the {@link
 * CollapseFact}. Immutable and thread-safe.
 */
public final class CollapseCandidate {
  private final CollapseTrigger trigger;
  private final long spaceId;
  private final AddressRange addresses;
  private final PageRange pages;
  private final boolean advised;
  private final CollapseLimits configuredLimits;
  private final @Nullable BitSet present;
  private final @Nullable Integer swapped;
  private final @Nullable Integer shared;
  private final @Nullable Integer dirty;
  private final @Nullable Set<UffdMode> armed;

  private CollapseCandidate(Builder builder) {
    trigger = builder.trigger;
    spaceId = builder.spaceId;
    addresses = builder.addresses;
    pages = builder.pages;
    advised = builder.advised;
    configuredLimits = builder.configuredLimits;
    present = builder.present;
    swapped = builder.swapped;
    shared = builder.shared;
    dirty = builder.dirty;
    armed = builder.armed;
  }

  /** Returns who asks. */
  public CollapseTrigger trigger() {
    return trigger;
  }

  /** Returns the number of the address space in which the range was found. */
  public long spaceId() {
    return spaceId;
  }

  /** Returns where the range is mapped there. */
  public AddressRange addresses() {
    return addresses;
  }

  /** Returns the pages of the file. */
  public PageRange pages() {
    return pages;
  }

  /** Returns whether the mapping has {@code MADV_HUGEPAGE}. */
  public boolean isAdvised() {
    return advised;
  }

  /** Returns the limits of khugepaged's settings, whoever asks. */
  public CollapseLimits configuredLimits() {
    return configuredLimits;
  }

  /**
   * Returns which pages are in the page cache; bit 0 is the first page of the range.
   *
   * @throws IllegalStateException if {@link CollapseFact#PRESENT_PAGES} was not declared
   */
  public BitSet presentPages() {
    return (BitSet) declared(present, CollapseFact.PRESENT_PAGES).clone();
  }

  /**
   * Returns how many pages are swapped out.
   *
   * @throws IllegalStateException if {@link CollapseFact#SWAPPED_PAGES} was not declared
   */
  public int swappedPages() {
    return declared(swapped, CollapseFact.SWAPPED_PAGES);
  }

  /**
   * Returns how many present pages more than one mapping maps.
   *
   * @throws IllegalStateException if {@link CollapseFact#SHARED_PAGES} was not declared
   */
  public int sharedPages() {
    return declared(shared, CollapseFact.SHARED_PAGES);
  }

  /**
   * Returns how many present pages were written to.
   *
   * @throws IllegalStateException if {@link CollapseFact#DIRTY_PAGES} was not declared
   */
  public int dirtyPages() {
    return declared(dirty, CollapseFact.DIRTY_PAGES);
  }

  /**
   * Returns the userfaultfd modes that any mapping of the range is armed for.
   *
   * @throws IllegalStateException if {@link CollapseFact#ARMED_MODES} was not declared
   */
  public Set<UffdMode> armedModes() {
    return declared(armed, CollapseFact.ARMED_MODES);
  }

  private static <T> T declared(@Nullable T value, CollapseFact fact) {
    if (value == null) {
      throw new IllegalStateException("the policy does not declare the fact " + fact);
    }
    return value;
  }

  @Override
  public String toString() {
    return pages + " at " + addresses + " of address space " + spaceId + ", asked by " + trigger;
  }

  /**
   * Begins a candidate with what is known anyway.
   *
   * @param trigger who asks
   * @param spaceId the number of the address space
   * @param addresses where the range is mapped there
   * @param pages the pages of the file
   */
  public static Builder of(
      CollapseTrigger trigger, long spaceId, AddressRange addresses, PageRange pages) {
    return new Builder(trigger, spaceId, addresses, pages);
  }

  /** Gathers facts. Not thread-safe. */
  public static final class Builder {
    private final CollapseTrigger trigger;
    private final long spaceId;
    private final AddressRange addresses;
    private final PageRange pages;
    private boolean advised;
    private CollapseLimits configuredLimits = CollapseLimits.NONE;
    private @Nullable BitSet present;
    private @Nullable Integer swapped;
    private @Nullable Integer shared;
    private @Nullable Integer dirty;
    private @Nullable Set<UffdMode> armed;

    private Builder(
        CollapseTrigger trigger, long spaceId, AddressRange addresses, PageRange pages) {
      this.trigger = trigger;
      this.spaceId = spaceId;
      this.addresses = addresses;
      this.pages = pages;
    }

    /** Sets whether the mapping has {@code MADV_HUGEPAGE}; default no. */
    public Builder advised(boolean isAdvised) {
      advised = isAdvised;
      return this;
    }

    /** Sets the limits of khugepaged's settings; default none. */
    public Builder configuredLimits(CollapseLimits limits) {
      configuredLimits = limits;
      return this;
    }

    /** Sets which pages are in the page cache; bit 0 is the first page of the range. */
    public Builder presentPages(BitSet pagesPresent) {
      present = (BitSet) pagesPresent.clone();
      return this;
    }

    /** Sets how many pages are swapped out. */
    public Builder swappedPages(int count) {
      swapped = count;
      return this;
    }

    /** Sets how many present pages more than one mapping maps. */
    public Builder sharedPages(int count) {
      shared = count;
      return this;
    }

    /** Sets how many present pages were written to. */
    public Builder dirtyPages(int count) {
      dirty = count;
      return this;
    }

    /** Sets the userfaultfd modes that any mapping of the range is armed for. */
    public Builder armedModes(Set<UffdMode> modes) {
      EnumSet<UffdMode> copy = EnumSet.noneOf(UffdMode.class);
      copy.addAll(modes);
      armed = Set.copyOf(copy);
      return this;
    }

    /** Returns the candidate. */
    public CollapseCandidate build() {
      return new CollapseCandidate(this);
    }
  }
}
