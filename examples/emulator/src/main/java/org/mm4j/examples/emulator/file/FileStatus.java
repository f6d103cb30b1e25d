/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.file;

/**
 * What {@code stat} tells.
 *
 * @param mode type and permissions
 * @param sizeBytes the size
 * @param blocks allocated blocks of 512 bytes
 * @param inode a number for the file
 * @param modifiedSeconds when it was changed, in seconds since 1970
 */
public record FileStatus(int mode, long sizeBytes, long blocks, long inode, long modifiedSeconds) {
  /** A regular file that can be read. */
  public static final int REGULAR = 0100444;

  /** A directory. */
  public static final int DIRECTORY = 0040555;

  /** A terminal or another character device. */
  public static final int CHARACTER_DEVICE = 0020666;

  /** A pipe. */
  public static final int PIPE = 0010600;

  /** Something without a name, such as a userfaultfd. */
  public static final int ANONYMOUS = 0000600;

  static FileStatus of(int mode, long sizeBytes, Object file) {
    return new FileStatus(
        mode, sizeBytes, (sizeBytes + 511) / 512, System.identityHashCode(file), 0);
  }
}
