/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Open files of the guest. Start at {@link org.mm4j.examples.emulator.file.OpenFile}, one open file
 * whatever it is, and {@link org.mm4j.examples.emulator.file.FileTable}, the descriptors. Kinds:
 * memory files, pipes, userfaultfds, streams of the host, read-only host files below a root ({@link
 * org.mm4j.examples.emulator.file.FileTree}), texts that the emulator makes up.
 *
 * <p>Locks: the table's, a pipe's, a file position's; none is taken while another is held, and none
 * is held while user memory is touched.
 */
@NullMarked
package org.mm4j.examples.emulator.file;

import org.jspecify.annotations.NullMarked;
