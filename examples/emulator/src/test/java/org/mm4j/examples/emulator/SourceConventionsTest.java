/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the sources of all modules have in common and no compiler option checks. */
final class SourceConventionsTest {
  private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
  private static final String LICENSE = "/* SPDX-License-Identifier: Apache-2.0 */\n";

  private static List<Path> sources;

  @BeforeAll
  static void findSources() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      sources =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> file.toString().contains("/src/main/java/"))
              .toList();
    }
    assertFalse(sources.isEmpty(), () -> "no sources below " + ROOT);
  }

  @Test
  void everyPublicTypeHasJavadoc() throws IOException {
    assertEquals(List.of(), publicTypesWithoutJavadoc());
  }

  @Test
  void everyPackageHasAPackageInfo() {
    assertNone(
        source ->
            !isNamed(source, "module-info.java")
                && !Files.exists(source.resolveSibling("package-info.java")));
  }

  /** Spotless enforces the header everywhere but in these two kinds of file. */
  @Test
  void packageAndModuleDescriptionsNameTheLicense() {
    assertNone(
        source ->
            (isNamed(source, "module-info.java") || isNamed(source, "package-info.java"))
                && !text(source).startsWith(LICENSE));
  }

  private static List<String> publicTypesWithoutJavadoc() throws IOException {
    List<String> missing = new ArrayList<>();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, UTF_8)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources));
      PublicTypes scanner = new PublicTypes(DocTrees.instance(task), missing);
      for (CompilationUnitTree unit : task.parse()) {
        scanner.scan(unit, null);
      }
    }
    return missing;
  }

  private static void assertNone(Predicate<Path> broken) {
    assertEquals(List.of(), sources.stream().filter(broken).map(ROOT::relativize).toList());
  }

  private static boolean isNamed(Path source, String name) {
    return source.endsWith(name);
  }

  private static String text(Path source) {
    try {
      return Files.readString(source);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Visits the public types, and what is public in them; a package-private type hides its members.
   */
  private static final class PublicTypes extends TreePathScanner<Void, Void> {
    private final DocTrees docs;
    private final List<String> missing;

    PublicTypes(DocTrees docs, List<String> missing) {
      this.docs = docs;
      this.missing = missing;
    }

    @Override
    public Void visitClass(ClassTree type, Void unused) {
      boolean inInterface =
          getCurrentPath().getParentPath().getLeaf() instanceof ClassTree outer
              && isInterface(outer);
      if (!inInterface && !type.getModifiers().getFlags().contains(Modifier.PUBLIC)) {
        return null;
      }
      DocCommentTree comment = docs.getDocCommentTree(getCurrentPath());
      if (comment == null || comment.getFirstSentence().isEmpty()) {
        missing.add(
            getCurrentPath().getCompilationUnit().getSourceFile().getName()
                + ": "
                + type.getSimpleName());
      }
      return super.visitClass(type, null);
    }

    private static boolean isInterface(ClassTree type) {
      return switch (type.getKind()) {
        case INTERFACE, ANNOTATION_TYPE -> true;
        default -> false;
      };
    }
  }
}
