// SPDX-License-Identifier: Apache-2.0
//
// signals: what a program sees of signals: faults that a handler jumps out of or repairs, blocked
// and pending signals, the alternate stack, restarted and interrupted calls, cancelled threads.
//
// Exit status: 0 all right, 1 not.

#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096
#define STACK_BYTES 65536

static sigjmp_buf before;
static volatile sig_atomic_t signal_seen;
static volatile sig_atomic_t code_seen;
static volatile uintptr_t address_seen;
static volatile uintptr_t stack_seen;
static volatile sig_atomic_t count;
static char *page;
static int failures;

static void check(int ok, const char *name) {
  printf("%s %s\n", ok ? "ok" : "FAILED", name);
  failures += !ok;
}

static void note(int signal, const siginfo_t *info) {
  char here;
  signal_seen = signal;
  code_seen = info->si_code;
  address_seen = (uintptr_t)info->si_addr;
  stack_seen = (uintptr_t)&here;
}

static void jump_out(int signal, siginfo_t *info, void *context) {
  (void)context;
  note(signal, info);
  siglongjmp(before, 1);
}

static void repair(int signal, siginfo_t *info, void *context) {
  (void)context;
  note(signal, info);
  mprotect(page, PAGE, PROT_READ | PROT_WRITE);
}

static void add(int signal) {
  (void)signal;
  count++;
}

static void on_fault(int signal, void (*handler)(int, siginfo_t *, void *), int flags) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};
  sigaction(signal, &action, NULL);
}

static void on(int signal, void (*handler)(int), int flags) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
  sigaction(signal, &action, NULL);
}

static void faults(void) {
  on_fault(SIGSEGV, jump_out, 0);
  volatile uintptr_t low = 16;
  if (sigsetjmp(before, 1) == 0) *(volatile int *)low = 1;
  check(signal_seen == SIGSEGV && code_seen == SEGV_MAPERR && address_seen == 16, "unmapped");
  page = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (sigsetjmp(before, 1) == 0) page[5] = 1;
  check(code_seen == SEGV_ACCERR && address_seen == (uintptr_t)page + 5, "read-only");
  on_fault(SIGSEGV, repair, 0);
  volatile double kept = 1.5;
  ((volatile char *)page)[7] = 9;
  check(page[7] == 9 && kept == 1.5, "repaired");
  int fd = memfd_create("empty", 0);
  char *nothing = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
  on_fault(SIGBUS, jump_out, 0);
  if (sigsetjmp(before, 1) == 0) (void)*(volatile char *)nothing;
  check(signal_seen == SIGBUS && address_seen == (uintptr_t)nothing, "beyond-the-end");
  on_fault(SIGILL, jump_out, 0);
#if defined(__riscv)
  if (sigsetjmp(before, 1) == 0) __asm__ volatile(".4byte 0xffffffff");
#else
  if (sigsetjmp(before, 1) == 0) raise(SIGILL);
#endif
  check(signal_seen == SIGILL, "illegal");
}

static void alternate_stack(void) {
  char *bytes = malloc(STACK_BYTES);
  stack_t stack = {.ss_sp = bytes, .ss_size = STACK_BYTES};
  sigaltstack(&stack, NULL);
  on_fault(SIGSEGV, jump_out, SA_ONSTACK);
  volatile uintptr_t low = 32;
  if (sigsetjmp(before, 1) == 0) *(volatile int *)low = 1;
  check(address_seen == 32 && stack_seen - (uintptr_t)bytes < STACK_BYTES, "alternate-stack");
}

static void blocked(void) {
  sigset_t one, old, pending;
  on(SIGUSR1, add, 0);
  raise(SIGUSR1);
  check(count == 1, "raise");
  sigemptyset(&one);
  sigaddset(&one, SIGUSR1);
  sigprocmask(SIG_BLOCK, &one, &old);
  raise(SIGUSR1);
  raise(SIGUSR1);
  check(count == 1, "blocked");
  sigpending(&pending);
  check(sigismember(&pending, SIGUSR1) == 1, "pending");
  check(sigsuspend(&old) == -1 && errno == EINTR && count == 2, "suspended-until-it-came-once");
  sigprocmask(SIG_SETMASK, &old, NULL);
  check(count == 2, "not-again");
}

static pthread_t main_thread;
static int ends[2];

// Interrupts main's read, and then lets it end.
static void *interrupt(void *write_too) {
  usleep(50 * 1000);
  pthread_kill(main_thread, SIGUSR1);
  if (write_too != NULL) {
    usleep(50 * 1000);
    if (write(ends[1], "x", 1) != 1) abort();
  }
  return NULL;
}

static long read_interrupted(int flags) {
  pthread_t other;
  char byte;
  on(SIGUSR1, add, flags);
  pthread_create(&other, NULL, interrupt, flags == 0 ? NULL : &other);
  long result = read(ends[0], &byte, 1);
  int error = errno;
  pthread_join(other, NULL);
  errno = error;
  return result;
}

static void calls(void) {
  main_thread = pthread_self();
  if (pipe(ends) != 0) abort();
  check(read_interrupted(0) == -1 && errno == EINTR, "interrupted-call");
  check(read_interrupted(SA_RESTART) == 1, "restarted-call");
  check(count == 4, "both-seen");
  close(ends[0]);
  signal(SIGPIPE, SIG_IGN);
  check(write(ends[1], "x", 1) == -1 && errno == EPIPE, "broken-pipe");
}

static void *sleep_long(void *unused) {
  sleep(100);
  return unused;
}

static void cancelled(void) {
  pthread_t sleeper;
  void *result;
  pthread_create(&sleeper, NULL, sleep_long, NULL);
  usleep(50 * 1000);
  pthread_cancel(sleeper);
  pthread_join(sleeper, &result);
  check(result == PTHREAD_CANCELED, "cancelled");
}

int main(void) {
  faults();
  alternate_stack();
  blocked();
  calls();
  cancelled();
  printf("signals: %s\n", failures == 0 ? "all ok" : "FAILED");
  return failures != 0;
}
