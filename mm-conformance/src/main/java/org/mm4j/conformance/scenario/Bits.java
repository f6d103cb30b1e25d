/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.scenario;

import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.ToLongFunction;
import org.mm4j.FillFlag;
import org.mm4j.MapFlag;
import org.mm4j.MemoryFileFlag;
import org.mm4j.Protection;
import org.mm4j.RemapFlag;
import org.mm4j.Seal;
import org.mm4j.UffdFeature;
import org.mm4j.UffdFlag;
import org.mm4j.UffdMode;

/**
 * Sets of flags as Linux encodes them, and with names for people.
 *
 * @param <E> the flags
 */
public final class Bits<E extends Enum<E>> {
  /** {@code MFD_*}. */
  public static final Bits<MemoryFileFlag> FILE = new Bits<>(MemoryFileFlag.class, flag -> 2);

  /** {@code PROT_*}. */
  public static final Bits<Protection> PROTECTION =
      new Bits<>(
          Protection.class,
          protection ->
              switch (protection) {
                case READ -> 1;
                case WRITE -> 2;
                case EXECUTE -> 4;
              });

  /** {@code MAP_*}. */
  public static final Bits<MapFlag> MAP =
      new Bits<>(
          MapFlag.class,
          flag ->
              switch (flag) {
                case SHARED -> 0x01;
                case PRIVATE -> 0x02;
                case FIXED -> 0x10;
                case ANONYMOUS -> 0x20;
                case POPULATE -> 0x8000;
                case FIXED_NOREPLACE -> 0x10_0000;
              });

  /** {@code MREMAP_*}. */
  public static final Bits<RemapFlag> REMAP =
      new Bits<>(
          RemapFlag.class,
          flag ->
              switch (flag) {
                case MAY_MOVE -> 1;
                case FIXED -> 2;
                case DONT_UNMAP -> 4;
              });

  /** {@code F_SEAL_*}. */
  public static final Bits<Seal> SEAL = new Bits<>(Seal.class, Seal::bit);

  /** Flags of {@code userfaultfd}. */
  public static final Bits<UffdFlag> UFFD = new Bits<>(UffdFlag.class, flag -> 1);

  /** {@code UFFD_FEATURE_*}. */
  public static final Bits<UffdFeature> FEATURE = new Bits<>(UffdFeature.class, UffdFeature::bit);

  /** {@code UFFDIO_REGISTER_MODE_*}. */
  public static final Bits<UffdMode> MODE = new Bits<>(UffdMode.class, UffdMode::bit);

  /** {@code UFFDIO_COPY_MODE_*}. */
  public static final Bits<FillFlag> FILL =
      new Bits<>(
          FillFlag.class,
          flag ->
              switch (flag) {
                case DONT_WAKE -> 1;
                case WRITE_PROTECT -> 2;
              });

  private final Class<E> type;
  private final Map<E, Long> bitOf = new LinkedHashMap<>();

  private Bits(Class<E> type, ToLongFunction<E> bit) {
    this.type = type;
    for (E flag : type.getEnumConstants()) {
      bitOf.put(flag, bit.applyAsLong(flag));
    }
  }

  /** Returns the flags as bits. */
  public long of(Collection<E> flags) {
    long bits = 0;
    for (E flag : flags) {
      bits |= bitOf.getOrDefault(flag, 0L);
    }
    return bits;
  }

  /** Returns the flags whose bits are set. */
  public Set<E> set(long bits) {
    Set<E> flags = EnumSet.noneOf(type);
    bitOf.forEach(
        (flag, bit) -> {
          if ((bits & bit) != 0) {
            flags.add(flag);
          }
        });
    return flags;
  }

  /** Returns the names of the flags, {@code -} for none. */
  String print(long bits) {
    if (bits == 0) {
      return "-";
    }
    StringJoiner names = new StringJoiner("|");
    set(bits).forEach(flag -> names.add(flag.name()));
    return names.toString();
  }

  /** Reads what {@link #print} wrote. */
  long parse(String text) {
    long bits = 0;
    if (!text.equals("-")) {
      for (String name : text.split("\\|", -1)) {
        bits |= of(Set.of(Enum.valueOf(type, name)));
      }
    }
    return bits;
  }
}
