/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.file;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;

/** A stream of the host that the guest writes to. */
public final class StreamOutput extends OpenFile {
  private final OutputStream stream;

  /** Creates a file on a stream, which stays open when the file is closed. */
  public StreamOutput(OutputStream stream) {
    super(1);
    this.stream = stream;
  }

  @Override
  public int write(MemorySegment from) {
    byte[] bytes = from.toArray(ValueLayout.JAVA_BYTE);
    synchronized (stream) {
      try {
        stream.write(bytes);
        stream.flush();
        if (stream instanceof PrintStream printer && printer.checkError()) {
          throw new SyscallException(LinuxErrno.EPIPE); // it hides why
        }
      } catch (IOException gone) {
        throw new SyscallException(LinuxErrno.EPIPE);
      }
    }
    return bytes.length;
  }

  @Override
  public FileStatus status() {
    return FileStatus.of(FileStatus.PIPE, 0, stream);
  }

  @Override
  public int readiness() {
    return Readiness.OUT;
  }
}
