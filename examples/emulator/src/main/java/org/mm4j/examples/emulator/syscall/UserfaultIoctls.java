/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.FillFlag;
import org.mm4j.FillOutcome;
import org.mm4j.MemoryException;
import org.mm4j.UffdFeature;
import org.mm4j.UffdMode;
import org.mm4j.UffdOperation;
import org.mm4j.UserAddresses;
import org.mm4j.Userfaultfd;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.memory.Struct;
import org.mm4j.examples.emulator.memory.UserMemory;

/**
 * The ioctls of a userfaultfd: the structures of {@code linux/userfaultfd.h}, and Linux's rules for
 * their result fields. A failed handshake zeroes its structure; a filling call stores the bytes it
 * did or the negative errno, unless its arguments were wrong.
 */
final class UserfaultIoctls {
  private static final int API = 0xc018aa3f;
  private static final int REGISTER = 0xc020aa00;
  private static final int UNREGISTER = 0x8010aa01;
  private static final int WAKE = 0x8010aa02;
  private static final int COPY = 0xc028aa03;
  private static final int ZEROPAGE = 0xc020aa04;
  private static final long API_VERSION = 0xaa;
  private static final int DONT_WAKE = 1;
  private static final int WRITE_PROTECT = 2;

  private final UserMemory user;
  private final Userfaultfd userfaultfd;
  private final long address;

  private UserfaultIoctls(UserMemory user, Userfaultfd userfaultfd, long address) {
    this.user = user;
    this.userfaultfd = userfaultfd;
    this.address = address;
  }

  static long control(UserMemory user, Userfaultfd userfaultfd, int request, long address) {
    UserfaultIoctls ioctls = new UserfaultIoctls(user, userfaultfd, address);
    switch (request) {
      case API -> ioctls.handshake();
      case REGISTER -> ioctls.register();
      case UNREGISTER -> userfaultfd.unregister(ioctls.range());
      case WAKE -> userfaultfd.wake(ioctls.range());
      case COPY -> ioctls.copy();
      case ZEROPAGE -> ioctls.zero();
      default -> throw new SyscallException(LinuxErrno.EINVAL);
    }
    return 0;
  }

  private void handshake() {
    Struct api = Struct.read(user, address, 24);
    try {
      if (api.getLong(0) != API_VERSION) {
        throw new SyscallException(LinuxErrno.EINVAL);
      }
      Set<UffdFeature> offered = userfaultfd.handshake(features(api.getLong(8)));
      api.setLong(8, offered.stream().mapToLong(UffdFeature::bit).reduce(0, (a, b) -> a | b));
      api.setLong(
          16,
          bits(EnumSet.of(UffdOperation.API, UffdOperation.REGISTER, UffdOperation.UNREGISTER)));
      api.write(user, address);
    } catch (SyscallException | MemoryException refused) {
      api.clear().write(user, address);
      throw refused;
    }
  }

  private static Set<UffdFeature> features(long bits) {
    Set<UffdFeature> features = EnumSet.noneOf(UffdFeature.class);
    long unknown = bits;
    for (UffdFeature feature : UffdFeature.values()) {
      if ((bits & feature.bit()) != 0) {
        features.add(feature);
        unknown &= ~feature.bit();
      }
    }
    if (unknown != 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    return features;
  }

  private static long bits(Set<UffdOperation> operations) {
    return operations.stream().mapToLong(o -> 1L << o.number()).reduce(0, (a, b) -> a | b);
  }

  private AddressRange range() {
    Struct range = Struct.read(user, address, 16);
    return new AddressRange(range.getLong(0), range.getLong(8));
  }

  private void register() {
    Struct request = Struct.read(user, address, 32);
    Set<UffdMode> modes = EnumSet.noneOf(UffdMode.class);
    long unknown = request.getLong(16);
    for (UffdMode mode : UffdMode.values()) {
      if ((unknown & mode.bit()) != 0) {
        modes.add(mode);
        unknown &= ~mode.bit();
      }
    }
    if (unknown != 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    AddressRange range = new AddressRange(request.getLong(0), request.getLong(8));
    Set<UffdOperation> operations = userfaultfd.register(range, modes);
    user.writeLong(address + 24, bits(operations));
  }

  private void copy() {
    Struct request = Struct.read(user, address, 40);
    Set<FillFlag> flags = flags(request.getLong(24), DONT_WAKE | WRITE_PROTECT);
    fill(
        32,
        flags.contains(FillFlag.WRITE_PROTECT) && isRight(request.getLong(0), request.getLong(16)),
        () -> userfaultfd.copy(request.getLong(0), request.getLong(8), request.getLong(16), flags));
  }

  private void zero() {
    Struct request = Struct.read(user, address, 32);
    Set<FillFlag> flags = flags(request.getLong(16), DONT_WAKE);
    AddressRange range = new AddressRange(request.getLong(0), request.getLong(8));
    fill(24, false, () -> userfaultfd.zero(range, flags));
  }

  private static Set<FillFlag> flags(long bits, int known) {
    if ((bits & ~known) != 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    Set<FillFlag> flags = EnumSet.noneOf(FillFlag.class);
    if ((bits & DONT_WAKE) != 0) {
      flags.add(FillFlag.DONT_WAKE);
    }
    if ((bits & WRITE_PROTECT) != 0) {
      flags.add(FillFlag.WRITE_PROTECT);
    }
    return flags;
  }

  /** Whether a destination is one that only its registration can refuse. */
  private static boolean isRight(long start, long lengthBytes) {
    AddressRange range = new AddressRange(start, lengthBytes);
    return !range.isEmpty() && range.isPageAligned() && UserAddresses.contains(range);
  }

  /**
   * Makes a filling call and stores its result.
   *
   * @param storesEinval whether EINVAL would be about the registration, not about the arguments
   */
  private void fill(int resultOffset, boolean storesEinval, Supplier<FillOutcome> call) {
    FillOutcome outcome;
    try {
      outcome = call.get();
    } catch (MemoryException refused) {
      if (refused.errno() != Errno.EINVAL || storesEinval) {
        user.writeLong(address + resultOffset, -refused.errno().number());
      }
      throw refused;
    }
    LinuxErrno errno =
        switch (outcome) {
          case FillOutcome.Filled filled -> null;
          case FillOutcome.AlreadyPresent present -> LinuxErrno.EEXIST;
          case FillOutcome.Retry retry -> LinuxErrno.EAGAIN;
          case FillOutcome.NotRegistered foreign -> LinuxErrno.ENOENT;
          case FillOutcome.Gone gone -> LinuxErrno.ESRCH;
          case FillOutcome.OutOfRange beyond -> LinuxErrno.EFAULT;
        };
    user.writeLong(address + resultOffset, resultField(outcome, errno));
    if (errno != null) {
      throw new SyscallException(errno);
    }
  }

  private static long resultField(FillOutcome outcome, @Nullable LinuxErrno errno) {
    if (outcome instanceof FillOutcome.Filled filled) {
      return filled.bytes();
    }
    if (outcome instanceof FillOutcome.Retry retry && retry.bytesDone() > 0) {
      return retry.bytesDone();
    }
    return errno == null ? 0 : -errno.number();
  }
}
