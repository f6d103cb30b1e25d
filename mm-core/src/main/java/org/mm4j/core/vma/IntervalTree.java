/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import java.util.Comparator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A set of closed intervals {@code [first, last]} with a value each, which finds those that share a
 * number with another interval.
 *
 * <p>An AVL tree ordered by (first, last, value) in which every node knows the greatest last number
 * of its subtree:
 *
 * <pre>
 *                 [4,9] max 20
 *                /             *         [1,3] max 3        [6,20] max 20
 *                           /              *                    [5,5] max 5       [8,8] max 8
 *
 *   query [7,8]:  left of [4,9] is skipped (3 below 7), [4,9] hit, [5,5] skipped, [6,20] hit, [8,8] hit
 * </pre>
 *
 * <p>Equal intervals are told apart by a comparator of their values, which must be consistent with
 * identity. Insertion and removal are O(log n), a query with k hits O(k log n) at worst and O(log n
 * + k) when the hits lie together.
 *
 * <p>Not safe for concurrent use: the owner has a lock.
 *
 * @param <T> the type of the values
 */
final class IntervalTree<T> {
  private final Comparator<? super T> tieBreaker;
  private @Nullable Node<T> root;
  private int size;

  /**
   * Creates a tree without intervals.
   *
   * @param tieBreaker orders the values of equal intervals; 0 only for the same value
   */
  IntervalTree(Comparator<? super T> tieBreaker) {
    this.tieBreaker = tieBreaker;
  }

  private static final class Node<T> {
    final long first;
    final long last;
    final T value;
    @Nullable Node<T> left;
    @Nullable Node<T> right;
    long greatestLast;
    int height;

    Node(long first, long last, T value) {
      this.first = first;
      this.last = last;
      this.value = value;
      update();
    }

    final void update() {
      height = 1 + Math.max(heightOf(left), heightOf(right));
      greatestLast = last;
      if (left != null) {
        greatestLast = Math.max(greatestLast, left.greatestLast);
      }
      if (right != null) {
        greatestLast = Math.max(greatestLast, right.greatestLast);
      }
    }
  }

  private static int heightOf(@Nullable Node<?> node) {
    return node == null ? 0 : node.height;
  }

  /** Returns how many intervals there are. */
  int size() {
    return size;
  }

  /** Returns how many levels the tree has. */
  int height() {
    return heightOf(root);
  }

  /** Returns whether an interval is there with this very value. */
  boolean contains(long first, long last, T value) {
    Node<T> node = root;
    while (node != null) {
      int order = compare(first, last, value, node);
      if (order == 0) {
        return Identity.same(node.value, value);
      }
      node = order < 0 ? node.left : node.right;
    }
    return false;
  }

  /**
   * Adds an interval.
   *
   * @throws IllegalArgumentException if it is empty, or there with this value
   */
  void insert(long first, long last, T value) {
    if (first > last) {
      throw new IllegalArgumentException("empty interval [" + first + ", " + last + "]");
    }
    root = inserted(root, new Node<>(first, last, value));
    size++;
  }

  /**
   * Removes an interval.
   *
   * @throws IllegalArgumentException if it is not there with this value
   */
  void remove(long first, long last, T value) {
    if (!contains(first, last, value)) {
      throw new IllegalArgumentException("no interval [" + first + ", " + last + "] " + value);
    }
    root = removed(root, first, last, value);
    size--;
  }

  /**
   * Visits every interval that shares a number with {@code [first, last]} once, in order.
   *
   * @param visitor returns false to stop
   * @return false if the visitor stopped
   */
  boolean overlapping(long first, long last, Predicate<? super T> visitor) {
    return visit(root, first, last, visitor);
  }

  private static <T> boolean visit(
      @Nullable Node<T> node, long first, long last, Predicate<? super T> visitor) {
    if (node == null || node.greatestLast < first) {
      return true;
    }
    if (!visit(node.left, first, last, visitor)) {
      return false;
    }
    if (node.first > last) {
      return true;
    }
    if (node.last >= first && !visitor.test(node.value)) {
      return false;
    }
    return visit(node.right, first, last, visitor);
  }

  private int compare(long first, long last, T value, Node<T> node) {
    int order = Long.compare(first, node.first);
    if (order == 0) {
      order = Long.compare(last, node.last);
    }
    return order == 0 ? tieBreaker.compare(value, node.value) : order;
  }

  private Node<T> inserted(@Nullable Node<T> node, Node<T> leaf) {
    if (node == null) {
      return leaf;
    }
    int order = compare(leaf.first, leaf.last, leaf.value, node);
    if (order == 0) {
      throw new IllegalArgumentException("there already: " + node.value);
    }
    if (order < 0) {
      node.left = inserted(node.left, leaf);
    } else {
      node.right = inserted(node.right, leaf);
    }
    return balanced(node);
  }

  private @Nullable Node<T> removed(@Nullable Node<T> node, long first, long last, T value) {
    if (node == null) {
      return null;
    }
    int order = compare(first, last, value, node);
    if (order < 0) {
      node.left = removed(node.left, first, last, value);
    } else if (order > 0) {
      node.right = removed(node.right, first, last, value);
    } else if (node.left == null) {
      return node.right;
    } else if (node.right == null) {
      return node.left;
    } else {
      Node<T> successor = leftmost(node.right);
      successor.right = withoutLeftmost(node.right);
      successor.left = node.left;
      return balanced(successor);
    }
    return balanced(node);
  }

  private static <T> Node<T> leftmost(Node<T> top) {
    Node<T> node = top;
    while (node.left != null) {
      node = node.left;
    }
    return node;
  }

  private static <T> @Nullable Node<T> withoutLeftmost(Node<T> node) {
    if (node.left == null) {
      return node.right;
    }
    node.left = withoutLeftmost(node.left);
    return balanced(node);
  }

  /** Restores the balance of a node whose subtrees are balanced; returns what takes its place. */
  private static <T> Node<T> balanced(Node<T> node) {
    Node<T> left = node.left;
    Node<T> right = node.right;
    if (left != null && left.height > heightOf(right) + 1) {
      Node<T> inner = left.right;
      if (inner != null && inner.height > heightOf(left.left)) {
        return rotatedRight(node, rotatedLeft(left, inner));
      }
      return rotatedRight(node, left);
    }
    if (right != null && right.height > heightOf(left) + 1) {
      Node<T> inner = right.left;
      if (inner != null && inner.height > heightOf(right.right)) {
        return rotatedLeft(node, rotatedRight(right, inner));
      }
      return rotatedLeft(node, right);
    }
    node.update();
    return node;
  }

  private static <T> Node<T> rotatedLeft(Node<T> node, Node<T> right) {
    node.right = right.left;
    right.left = node;
    node.update();
    right.update();
    return right;
  }

  private static <T> Node<T> rotatedRight(Node<T> node, Node<T> left) {
    node.left = left.right;
    left.right = node;
    node.update();
    left.update();
    return left;
  }

  /**
   * Checks order, balance and the greatest last numbers.
   *
   * @throws IllegalStateException if one of them is wrong
   */
  void check() {
    if (check(root, null) != size) {
      throw new IllegalStateException("size " + size + " is wrong");
    }
  }

  private int check(@Nullable Node<T> node, @Nullable Node<T> parent) {
    if (node == null) {
      return 0;
    }
    int count = check(node.left, node) + 1 + check(node.right, node);
    Node<T> left = node.left;
    Node<T> right = node.right;
    boolean ordered =
        (left == null || compare(left.first, left.last, left.value, node) < 0)
            && (right == null || compare(right.first, right.last, right.value, node) > 0);
    int height = node.height;
    long greatestLast = node.greatestLast;
    node.update();
    if (!ordered
        || Math.abs(heightOf(left) - heightOf(right)) > 1
        || height != node.height
        || greatestLast != node.greatestLast) {
      throw new IllegalStateException(
          "interval tree: wrong at "
              + node.value
              + ", below "
              + (parent == null ? "" : parent.value));
    }
    return count;
  }
}
