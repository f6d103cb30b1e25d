/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.mm4j.MemoryFileFlag;
import org.mm4j.spi.Kernel;
import org.mm4j.spi.KernelFeature;
import org.mm4j.spi.MappableFile;
import org.mm4j.spi.MemoryAudit.FileBook;
import org.mm4j.spi.MemoryFileSource;

/** The simplest kind of memory file, so that core is tested without mm-shmem. */
public final class TestFiles implements KernelFeature, MemoryFileSource {
  final List<TestFile> files = new ArrayList<>();
  private Kernel kernel;

  @Override
  public String name() {
    return "test-files";
  }

  @Override
  public void install(Kernel installedIn) {
    kernel = installedIn;
    kernel.provideMemoryFiles(this);
  }

  @Override
  public synchronized MappableFile create(String name, Set<MemoryFileFlag> flags) {
    TestFile file = new TestFile(name, kernel);
    files.add(file);
    return file;
  }

  @Override
  public synchronized List<FileBook> audit() {
    return files.stream().map(TestFile::book).toList();
  }
}
