// SPDX-License-Identifier: Apache-2.0
//
// faulty: programs that go wrong, one per argument, for looking at how a machine reports it.
//
//   null-read         reads through a null pointer           SIGSEGV, address 0x10
//   wild-jump         jumps to an unmapped address           SIGSEGV, address 0x66666000
//   read-only-write   writes to a read-only page             SIGSEGV
//   beyond-eof        touches a memory file after its end    SIGBUS
//   illegal           executes an illegal instruction        SIGILL
//   abort             calls abort()                          SIGABRT
//   unknown-syscall   makes a system call that does not exist: has to get ENOSYS, then exits with 0
//
// Before it goes wrong it says so on standard output, so that a report can be told from silence.
// If nothing goes wrong that should have, the exit status is 3.

#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE_BYTES 4096
#define NO_SUCH_SYSCALL 4000
#define EXIT_SURVIVED 3
#define EXIT_USAGE 64

static void null_read(void) {
  // The compiler must not see that the pointer is null, or it may do something cleverer.
  volatile uintptr_t null = 0;
  volatile uint64_t *fields = (volatile uint64_t *)null;
  uint64_t value = fields[2];
  printf("read %llu\n", (unsigned long long)value);
}

static void wild_jump(void) {
  volatile uintptr_t nowhere = 0x66666000;
  ((void (*)(void))nowhere)();
}

static void *checked(void *mapping) {
  if (mapping == MAP_FAILED) {
    perror("mmap");
    exit(1);
  }
  return mapping;
}

static void read_only_write(void) {
  volatile char *page =
      checked(mmap(NULL, PAGE_BYTES, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  printf("reads %d\n", page[0]);
  fflush(stdout);
  page[0] = 1;
}

static void beyond_eof(void) {
  int fd = memfd_create("short", MFD_CLOEXEC);
  if (fd < 0 || ftruncate(fd, PAGE_BYTES) != 0) {
    perror("memfd");
    exit(1);
  }
  volatile char *pages =
      checked(mmap(NULL, 2 * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
  pages[PAGE_BYTES - 1] = 1;
  printf("the page before the end is fine\n");
  fflush(stdout);
  pages[PAGE_BYTES] = 1;
}

static void illegal(void) {
#if defined(__riscv)
  __asm__ volatile(".4byte 0xffffffff");  // all ones is defined to be illegal
#elif defined(__x86_64__)
  __asm__ volatile("ud2");
#else
  __builtin_trap();
#endif
}

static void unknown_syscall(void) {
  long result = syscall(NO_SUCH_SYSCALL, 1, 2, 3, 4, 5, 6);
  int error = errno;
  printf("system call %d returned %ld, %s\n", NO_SUCH_SYSCALL, result,
         error == ENOSYS ? "ENOSYS" : strerror(error));
  exit(result == -1 && error == ENOSYS ? 0 : 1);
}

static const struct {
  const char *name;
  void (*body)(void);
} faults[] = {
    {"null-read", null_read},
    {"wild-jump", wild_jump},
    {"read-only-write", read_only_write},
    {"beyond-eof", beyond_eof},
    {"illegal", illegal},
    {"abort", abort},
    {"unknown-syscall", unknown_syscall},
};
#define FAULTS (sizeof faults / sizeof faults[0])

int main(int count, char **arguments) {
  for (size_t i = 0; count == 2 && i < FAULTS; i++) {
    if (strcmp(arguments[1], faults[i].name) != 0) continue;
    printf("faulty: %s\n", faults[i].name);
    fflush(stdout);
    faults[i].body();
    printf("faulty: survived %s\n", faults[i].name);
    return EXIT_SURVIVED;
  }
  fprintf(stderr, "usage: faulty");
  for (size_t i = 0; i < FAULTS; i++) fprintf(stderr, "%s%s", i == 0 ? " " : "|", faults[i].name);
  fprintf(stderr, "\n");
  return EXIT_USAGE;
}
