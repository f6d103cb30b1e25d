// SPDX-License-Identifier: Apache-2.0
//
// memory: what a program sees of its memory: mappings, protection, advice, residency, the heap end,
// and memory files with their holes. Every check prints a line "ok NAME" or "FAILED NAME: ...", and
// a run on a real Linux kernel is the control: it prints nothing but "ok" there.
//
// Access that must fail is made by system calls, which answer EFAULT where a load or store of our
// own would end the program with a signal.
//
// Usage: memory [GROUP...] (default: all groups). Exit status: 0 all ok, 1 not, 64 wrong usage.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define PAGE 4096
#define HUGE (512 * PAGE)
#define EXIT_USAGE 64

static const char *group;
static int failures;

// ---------------------------------------------------------------------------------------------
// Checks
// ---------------------------------------------------------------------------------------------

static void verdict(bool ok, const char *name, const char *format, ...) {
  if (ok) {
    printf("ok %s/%s\n", group, name);
    return;
  }
  failures++;
  va_list arguments;
  va_start(arguments, format);
  printf("FAILED %s/%s: ", group, name);
  vprintf(format, arguments);
  printf("\n");
  va_end(arguments);
}

// The call's result is this number.
static void equals(const char *name, long long found, long long expected) {
  verdict(found == expected, name, "%lld instead of %lld", found, expected);
}

// The call, which returns -1 on errors, fails with this errno.
static void fails(const char *name, long long result, int expected) {
  int error = errno;
  if (result == -1) {
    verdict(error == expected, name, "errno %d (%s) instead of %d (%s)", error, strerror(error),
            expected, strerror(expected));
  } else {
    verdict(false, name, "succeeded with %lld instead of errno %d (%s)", result, expected,
            strerror(expected));
  }
}

static void works(const char *name, long long result) {
  int error = errno;
  verdict(result != -1, name, "errno %d (%s)", error, strerror(error));
}

// ---------------------------------------------------------------------------------------------
// Tools
// ---------------------------------------------------------------------------------------------

static void *required(const char *what, void *mapping) {
  if (mapping != MAP_FAILED) return mapping;
  printf("FAILED %s/%s: %s\n", group, what, strerror(errno));
  exit(1);
}

static char *anonymous(size_t bytes) {
  return required("mmap",
                  mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static int file(off_t bytes) {
  int fd = memfd_create("memory", MFD_CLOEXEC);
  if (fd < 0 || ftruncate(fd, bytes) != 0) {
    printf("FAILED %s/memory-file: %s\n", group, strerror(errno));
    exit(1);
  }
  return fd;
}

static char *shared(int fd, size_t bytes, off_t offset) {
  return required("mmap-file", mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset));
}

// Whether the kernel can read, or write, a byte there on our behalf.
static bool readable(int scratch, const char *address) {
  return pwrite(scratch, address, 1, 0) == 1;
}
static bool writable(int scratch, char *address) { return pread(scratch, address, 1, 0) == 1; }

// The pages of a mapping that mincore reports as present, as a row of 0 and 1.
static const char *residency(const void *address, unsigned pages) {
  static unsigned char present[64];
  static char text[65];
  if (mincore((void *)(uintptr_t)address, pages * (size_t)PAGE, present) != 0)
    return strerror(errno);
  for (unsigned i = 0; i < pages; i++) text[i] = present[i] & 1 ? '1' : '0';
  text[pages] = 0;
  return text;
}

static void resident(const char *name, const void *address, const char *expected) {
  const char *found = residency(address, (unsigned)strlen(expected));
  verdict(strcmp(found, expected) == 0, name, "%s instead of %s", found, expected);
}

static bool filled(const char *bytes, size_t length, char value) {
  for (size_t i = 0; i < length; i++)
    if (((const volatile char *)bytes)[i] != value) return false;
  return true;
}

static long long blocks(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 ? (long long)status.st_blocks : -1;
}

static long long size(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 ? (long long)status.st_size : -1;
}

// ---------------------------------------------------------------------------------------------
// Groups
// ---------------------------------------------------------------------------------------------

static void anonymous_memory(void) {
  int scratch = file(PAGE);
  char *area = anonymous(16 * PAGE);
  equals("page-aligned", (uintptr_t)area % PAGE, 0);
  verdict(filled(area, 16 * PAGE, 0), "starts-as-zeros", "not zero");
  memset(area, 'a', 16 * PAGE);
  works("unmap-the-middle", munmap(area + 4 * PAGE, 4 * PAGE));
  verdict(!readable(scratch, area + 4 * PAGE), "unmapped-first-page", "still readable");
  verdict(!readable(scratch, area + 7 * PAGE), "unmapped-last-page", "still readable");
  verdict(readable(scratch, area + 4 * PAGE - 1), "page-before-stays", "gone");
  verdict(filled(area + 8 * PAGE, 8 * PAGE, 'a'), "pages-after-stay", "changed");
  works("unmap-what-is-not-mapped", munmap(area + 4 * PAGE, PAGE));
  void *again = mmap(area + 4 * PAGE, 4 * PAGE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  verdict(again == area + 4 * PAGE, "fixed-noreplace-in-a-gap", "%p", again);
  verdict(filled(area + 4 * PAGE, 4 * PAGE, 0), "new-pages-are-zeros", "not zero");
  fails("fixed-noreplace-over-a-mapping",
        (intptr_t)mmap(area, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
                       0),
        EEXIST);
  void *over =
      mmap(area, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  verdict(over == area, "fixed-replaces", "%p", over);
  verdict(filled(area, 2 * PAGE, 0), "replaced-pages-are-zeros", "not zero");
  verdict(filled(area + 2 * PAGE, 2 * PAGE, 'a'), "pages-beside-stay", "changed");
  works("unmap-all", munmap(area, 16 * PAGE));
  char *large = anonymous(64 * 1024 * 1024);
  large[0] = large[64 * 1024 * 1024 - 1] = 1;
  verdict(large[32 * 1024 * 1024] == 0, "sparse-use", "not zero");
  works("unmap-large", munmap(large, 64 * 1024 * 1024));
  char *pages = required(
      "shared", mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  pages[PAGE] = 7;
  works("shared-dontneed", madvise(pages, 2 * PAGE, MADV_DONTNEED));
  equals("shared-anonymous-keeps-its-data", pages[PAGE], 7);
  munmap(pages, 2 * PAGE);
  close(scratch);
}

static void wrong_arguments(void) {
  char *area = anonymous(2 * PAGE);
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
  fails("mmap-nothing", (intptr_t)mmap(NULL, 0, PROT_READ, flags, -1, 0), EINVAL);
  fails("mmap-too-much", (intptr_t)mmap(NULL, SIZE_MAX - PAGE, PROT_READ, flags, -1, 0), ENOMEM);
  fails("mmap-no-kind", (intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0), EINVAL);
  fails("mmap-fixed-unaligned", (intptr_t)mmap(area + 1, PAGE, PROT_READ, flags | MAP_FIXED, -1, 0),
        EINVAL);
  fails("mmap-bad-descriptor", (intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_SHARED, 99, 0), EBADF);
  fails("munmap-unaligned", munmap(area + 1, PAGE), EINVAL);
  fails("munmap-nothing", munmap(area, 0), EINVAL);
  fails("mprotect-unaligned", mprotect(area + 1, PAGE, PROT_READ), EINVAL);
  equals("mprotect-nothing", mprotect(area, 0, PROT_READ), 0);
  fails("madvise-unaligned", madvise(area + 1, PAGE, MADV_DONTNEED), EINVAL);
  fails("madvise-unknown", madvise(area, PAGE, 9999), EINVAL);
  equals("madvise-nothing", madvise(area, 0, MADV_DONTNEED), 0);
  unsigned char present[2];
  fails("mincore-unaligned", mincore(area + 1, PAGE, present), EINVAL);
  munmap(area + PAGE, PAGE);
  fails("mprotect-unmapped", mprotect(area, 2 * PAGE, PROT_READ), ENOMEM);
  fails("madvise-unmapped", madvise(area, 2 * PAGE, MADV_DONTNEED), ENOMEM);
  fails("mincore-unmapped", mincore(area, 2 * PAGE, present), ENOMEM);
  fails("remove-without-a-file", madvise(area, PAGE, MADV_REMOVE), EINVAL);
  int fd = file(PAGE);
  fails("truncate-negative", ftruncate(fd, -1), EINVAL);
  fails("seek-data-at-the-end", lseek(fd, PAGE, SEEK_DATA), ENXIO);
  fails("seek-hole-negative", lseek(fd, -1, SEEK_HOLE), ENXIO);
  fails("punch-without-keep-size", fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, PAGE), EOPNOTSUPP);
  fails("fallocate-nothing", fallocate(fd, 0, 0, 0), EINVAL);
  void *volatile nowhere = (void *)16;  // volatile: or the compiler warns
  fails("read-to-a-bad-address", pread(fd, nowhere, 1, 0), EFAULT);
  close(fd);
  fails("write-to-a-closed-file", pwrite(fd, present, 1, 0), EBADF);
  munmap(area, PAGE);
}

static void protection(void) {
  int scratch = file(PAGE);
  char *area = anonymous(3 * PAGE);
  memset(area, 'p', 3 * PAGE);
  works("make-read-only", mprotect(area + PAGE, PAGE, PROT_READ));
  verdict(readable(scratch, area + PAGE), "read-only-reads", "not readable");
  verdict(!writable(scratch, area + PAGE) && errno == EFAULT, "read-only-does-not-write",
          "writable");
  verdict(writable(scratch, area) && writable(scratch, area + 2 * PAGE), "neighbours-write",
          "not writable");
  works("make-inaccessible", mprotect(area + PAGE, PAGE, PROT_NONE));
  verdict(!readable(scratch, area + PAGE) && errno == EFAULT, "inaccessible-does-not-read",
          "readable");
  works("make-writable-again", mprotect(area, 3 * PAGE, PROT_READ | PROT_WRITE));
  verdict(filled(area + PAGE, PAGE, 'p'), "contents-survive", "changed");
  area[PAGE] = 'q';
  equals("writes-again", area[PAGE], 'q');
  char *guarded = required("reserve", mmap(NULL, 4 * PAGE, PROT_NONE,
                                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  verdict(!readable(scratch, guarded), "reserved-does-not-read", "readable");
  works("commit-a-part", mprotect(guarded + PAGE, PAGE, PROT_READ | PROT_WRITE));
  guarded[PAGE] = 'g';
  verdict(!writable(scratch, guarded + 2 * PAGE), "the-rest-stays-reserved", "writable");
  struct iovec parts[2] = {{area + 3 * PAGE - 2, 2}, {guarded, 1}};
  equals("partial-write-before-a-bad-address", pwritev(scratch, parts, 2, 0), 2);
  munmap(guarded, 4 * PAGE);
  munmap(area, 3 * PAGE);
  close(scratch);
}

static void advice(void) {
  char *area = anonymous(4 * PAGE);
  memset(area, 'x', 4 * PAGE);
  works("dontneed", madvise(area + PAGE, 2 * PAGE, MADV_DONTNEED));
  verdict(filled(area + PAGE, 2 * PAGE, 0), "dontneed-private-reads-zeros", "old data");
  verdict(filled(area, PAGE, 'x') && filled(area + 3 * PAGE, PAGE, 'x'),
          "dontneed-spares-neighbours", "changed");
  works("normal", madvise(area, 4 * PAGE, MADV_NORMAL));
  works("willneed", madvise(area, 4 * PAGE, MADV_WILLNEED));
  works("hugepage", madvise(area, 4 * PAGE, MADV_HUGEPAGE));
  works("nohugepage", madvise(area, 4 * PAGE, MADV_NOHUGEPAGE));
  verdict(filled(area + 3 * PAGE, PAGE, 'x'), "advice-changes-no-data", "changed");
  munmap(area, 4 * PAGE);
  int fd = file(4 * PAGE);
  char *one = shared(fd, 4 * PAGE, 0);
  memset(one, 'y', 4 * PAGE);
  works("dontneed-shared", madvise(one, 4 * PAGE, MADV_DONTNEED));
  verdict(filled(one, 4 * PAGE, 'y'), "dontneed-shared-keeps-the-file", "changed");
  works("remove", madvise(one + PAGE, PAGE, MADV_REMOVE));
  verdict(filled(one + PAGE, PAGE, 0), "remove-reads-zeros", "old data");
  verdict(filled(one, PAGE, 'y') && filled(one + 2 * PAGE, 2 * PAGE, 'y'),
          "remove-spares-neighbours", "changed");
  munmap(one, 4 * PAGE);
  char *view = required("mmap-read-only", mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0));
  equals("remove-through-a-read-only-view", madvise(view, PAGE, MADV_REMOVE), 0);
  equals("is-removed", view[0], 0);
  munmap(view, PAGE);
  close(fd);
}

static void residency_of_pages(void) {
  char *area = anonymous(8 * PAGE);
  madvise(area, 8 * PAGE, MADV_NOHUGEPAGE);
  resident("anonymous-untouched", area, "00000000");
  area[2 * PAGE] = area[5 * PAGE] = 1;
  resident("anonymous-written", area, "00100100");
  madvise(area + 2 * PAGE, PAGE, MADV_DONTNEED);
  resident("anonymous-dropped", area, "00000100");
  munmap(area, 8 * PAGE);
  int fd = file(8 * PAGE);
  char *one = shared(fd, 8 * PAGE, 0);
  char *two = shared(fd, 4 * PAGE, 4 * PAGE);
  resident("file-empty", one, "00000000");
  one[PAGE] = 1;
  two[PAGE] = 1;
  resident("file-written-through-two-mappings", one, "01000100");
  resident("second-mapping", two, "0100");
  char byte;
  equals("read-of-a-hole", pread(fd, &byte, 1, 3 * PAGE), 1);
  resident("read-fills-no-hole", one, "01000100");
  byte = ((volatile char *)one)[3 * PAGE];
  resident("touching-fills-a-hole", one, "01010100");
  madvise(one, 8 * PAGE, MADV_DONTNEED);
  resident("dontneed-keeps-the-file-resident", one, "01010100");
  fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 3 * PAGE, 3 * PAGE);
  resident("punched", one, "01000000");
  munmap(one, 8 * PAGE);
  munmap(two, 4 * PAGE);
  close(fd);
}

static void heap_end(void) {
  char *before = sbrk(0);
  equals("grow", (intptr_t)sbrk(1024 * 1024 + 100) - (intptr_t)before, 0);
  verdict(filled(before, 1024 * 1024 + 100, 0), "grown-is-zeros", "not zero");
  memset(before, 'h', 1024 * 1024 + 100);
  works("shrink", (intptr_t)sbrk(-1024 * 1024));
  verdict(filled(before, 100, 'h'), "shrunk-keeps-the-rest", "changed");
  sbrk(1024 * 1024);
  verdict(filled(before + 2 * PAGE, 1024 * 1024 - 2 * PAGE, 0), "grown-again-is-zeros", "old data");
  equals("set-back", brk(before), 0);
  equals("is-back", (intptr_t)sbrk(0) - (intptr_t)before, 0);
}

static void memory_files(void) {
  int fd = file(0);
  equals("starts-empty", size(fd), 0);
  equals("write-extends", pwrite(fd, "end", 3, 5 * PAGE - 3), 3);
  equals("new-size", size(fd), 5 * PAGE);
  equals("one-page-of-blocks", blocks(fd), 8);
  char text[8] = "xxxxxxx";
  equals("read-across-a-hole", pread(fd, text, 5, 5 * PAGE - 5), 5);
  verdict(memcmp(text, "\0\0end", 5) == 0, "hole-then-data", "wrong bytes");
  equals("read-stops-at-the-end", pread(fd, text, 8, 5 * PAGE - 3), 3);
  equals("read-at-the-end", pread(fd, text, 8, 5 * PAGE), 0);
  char *all = shared(fd, 8 * PAGE, 0);
  char *part = shared(fd, PAGE, 4 * PAGE);
  verdict(memcmp(part + PAGE - 3, "end", 3) == 0, "mapping-shows-the-write", "wrong bytes");
  strcpy(part, "through part");
  verdict(strcmp(all + 4 * PAGE, "through part") == 0, "mappings-share", "wrong bytes");
  equals("read-sees-the-mapping", pread(fd, text, 7, 4 * PAGE), 7);
  verdict(memcmp(text, "through", 7) == 0, "read-bytes", "wrong bytes");
  int scratch = file(PAGE);
  verdict(!readable(scratch, all + 5 * PAGE) && errno == EFAULT, "beyond-the-end", "readable");
  works("extend", ftruncate(fd, 8 * PAGE));
  verdict(filled(all + 5 * PAGE, 3 * PAGE, 0), "extended-reads-zeros", "not zero");
  works("truncate-inside-a-page", ftruncate(fd, 4 * PAGE + 3));
  verdict(memcmp(all + 4 * PAGE, "thr\0\0\0", 6) == 0, "tail-of-the-last-page-is-zeros",
          "wrong bytes");
  verdict(!readable(scratch, all + 5 * PAGE) && errno == EFAULT, "truncated-page", "readable");
  works("extend-again", ftruncate(fd, 8 * PAGE));
  verdict(filled(all + 4 * PAGE + 3, 4 * PAGE - 3, 0), "old-data-does-not-return", "old data");
  works("close-keeps-mappings", close(fd));
  all[0] = 'z';
  equals("mapping-after-close", all[0], 'z');
  munmap(all, 8 * PAGE);
  equals("second-mapping-lives", part[0], 't');
  munmap(part, PAGE);
  fd = file(PAGE);
  equals("write", write(fd, "0123456789", 10), 10);
  equals("seek", lseek(fd, 4, SEEK_SET), 4);
  equals("read", read(fd, text, 3), 3);
  verdict(memcmp(text, "456", 3) == 0, "position", "wrong bytes");
  equals("position-moves", lseek(fd, 0, SEEK_CUR), 7);
  equals("seek-end", lseek(fd, 0, SEEK_END), PAGE);
  close(fd);
  close(scratch);
}

static void holes(void) {
  int fd = file(16 * PAGE);
  fails("all-hole", lseek(fd, 0, SEEK_DATA), ENXIO);
  equals("hole-at-the-start", lseek(fd, 0, SEEK_HOLE), 0);
  char *pages = shared(fd, 16 * PAGE, 0);
  pages[3 * PAGE] = pages[4 * PAGE] = pages[9 * PAGE] = 1;
  equals("first-data", lseek(fd, 0, SEEK_DATA), 3 * PAGE);
  equals("inside-data", lseek(fd, 3 * PAGE + 5, SEEK_DATA), 3 * PAGE + 5);
  equals("hole-after-data", lseek(fd, 3 * PAGE, SEEK_HOLE), 5 * PAGE);
  equals("second-data", lseek(fd, 5 * PAGE, SEEK_DATA), 9 * PAGE);
  fails("no-more-data", lseek(fd, 10 * PAGE, SEEK_DATA), ENXIO);
  equals("three-pages-of-blocks", blocks(fd), 24);
  works("punch", fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4 * PAGE, PAGE));
  equals("punched-is-a-hole", lseek(fd, 3 * PAGE, SEEK_HOLE), 4 * PAGE);
  equals("punched-reads-zero", pread(fd, pages + 15 * PAGE, 1, 4 * PAGE), 1);
  equals("read-into-a-page-fills-that-page", lseek(fd, 10 * PAGE, SEEK_DATA), 15 * PAGE);
  equals("blocks-after-the-punch", blocks(fd), 24);
  memset(pages + 6 * PAGE, 'f', 3 * PAGE);
  works("punch-unaligned",
        fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 6 * PAGE + 10, 2 * PAGE));
  verdict(filled(pages + 6 * PAGE, 10, 'f'), "partial-head-stays", "changed");
  verdict(filled(pages + 6 * PAGE + 10, 2 * PAGE, 0), "punched-part-is-zeros", "old data");
  verdict(filled(pages + 8 * PAGE + 10, PAGE - 10, 'f'), "partial-tail-stays", "changed");
  works("allocate", fallocate(fd, 0, 12 * PAGE, 2 * PAGE));
  equals("allocated-is-still-a-hole", lseek(fd, 10 * PAGE, SEEK_DATA), 15 * PAGE);
  works("allocate-beyond-the-end", fallocate(fd, 0, 16 * PAGE, PAGE));
  equals("size-grows", size(fd), 17 * PAGE);
  works("allocate-keeping-the-size", fallocate(fd, FALLOC_FL_KEEP_SIZE, 17 * PAGE, PAGE));
  equals("size-stays", size(fd), 17 * PAGE);
  munmap(pages, 16 * PAGE);
  close(fd);
}

static void huge_pages(void) {
  int fd = file(2 * HUGE);
  char *room = required("reserve", mmap(NULL, 3 * HUGE, PROT_NONE,
                                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  char *aligned = (char *)(((uintptr_t)room + HUGE - 1) & ~(uintptr_t)(HUGE - 1));
  char *pages = required("mmap-aligned", mmap(aligned, 2 * HUGE, PROT_READ | PROT_WRITE,
                                              MAP_SHARED | MAP_FIXED, fd, 0));
  char *second = shared(fd, HUGE, 0);
  fails("collapse-of-nothing", madvise(pages, HUGE, MADV_COLLAPSE), EINVAL);
  pages[5 * PAGE] = 5;
  second[100 * PAGE] = 100;
  works("collapse", madvise(pages, HUGE, MADV_COLLAPSE));
  works("collapse-again", madvise(pages, HUGE, MADV_COLLAPSE));
  bool right = true;
  for (int i = 0; i < 512; i++) {
    char expected = i == 5 ? 5 : i == 100 ? 100 : 0;
    right &= pages[i * PAGE] == expected && second[i * PAGE] == expected;
  }
  verdict(right, "contents-survive", "changed");
  equals("all-blocks", blocks(fd), 4096);
  second[7 * PAGE] = 7;
  equals("still-shared", pages[7 * PAGE], 7);
  resident("all-resident", pages + 200 * PAGE, "11111111");
  resident("next-range-is-not", pages + HUGE, "00000000");
  works("punch-a-huge-page",
        fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 6 * PAGE, 2 * PAGE));
  equals("punched-page", pages[7 * PAGE], 0);
  equals("page-before", second[5 * PAGE], 5);
  equals("page-after", second[100 * PAGE], 100);
  works("collapse-with-holes", madvise(pages, HUGE, MADV_COLLAPSE));
  equals("data-after-that", pages[100 * PAGE], 100);
  works("mprotect-a-part", mprotect(pages + 8 * PAGE, PAGE, PROT_READ));
  equals("reads-beside", pages[5 * PAGE], 5);
  int scratch = file(PAGE);
  verdict(!writable(scratch, pages + 8 * PAGE), "part-is-read-only", "writable");
  verdict(writable(scratch, pages + 9 * PAGE), "beside-is-writable", "not writable");
  works("nohugepage", madvise(pages + HUGE, HUGE, MADV_NOHUGEPAGE));
  pages[HUGE] = 1;
  fails("collapse-refused", madvise(pages + HUGE, HUGE, MADV_COLLAPSE), EINVAL);
  works("truncate-a-huge-page", ftruncate(fd, 50 * PAGE));
  works("extend", ftruncate(fd, HUGE));
  equals("truncated-page", second[100 * PAGE], 0);
  equals("page-that-stayed", second[5 * PAGE], 5);
  munmap(second, HUGE);
  munmap(room, 3 * HUGE);
  close(scratch);
  close(fd);
}

static const struct {
  const char *name;
  void (*body)(void);
} groups[] = {
    {"anonymous", anonymous_memory},
    {"arguments", wrong_arguments},
    {"protection", protection},
    {"advice", advice},
    {"residency", residency_of_pages},
    {"heap-end", heap_end},
    {"files", memory_files},
    {"holes", holes},
    {"huge", huge_pages},
};
#define GROUPS (sizeof groups / sizeof groups[0])

static void run(size_t index) {
  group = groups[index].name;
  groups[index].body();
}

int main(int count, char **arguments) {
  for (int i = 1; i < count; i++) {
    size_t j = 0;
    while (j < GROUPS && strcmp(arguments[i], groups[j].name) != 0) j++;
    if (j == GROUPS) {
      fprintf(stderr, "memory: there is no group %s; there are:", arguments[i]);
      for (j = 0; j < GROUPS; j++) fprintf(stderr, " %s", groups[j].name);
      fprintf(stderr, "\n");
      return EXIT_USAGE;
    }
    run(j);
  }
  for (size_t j = 0; count == 1 && j < GROUPS; j++) run(j);
  printf("memory: %s\n", failures == 0 ? "all ok" : "FAILED");
  return failures == 0 ? 0 : 1;
}
