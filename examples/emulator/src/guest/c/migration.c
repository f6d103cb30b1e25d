// SPDX-License-Identifier: Apache-2.0
//
// migration: the memory side of a post-copy live migration, in one program.
//
// A virtual machine has just been moved to a new host. A few of its pages were sent ahead
// (pre-copy); then it was switched over and runs here, although most of its memory has not
// arrived. Each page it touches too early is fetched by a userfaultfd handler, and the rest is
// pushed in the background. Meanwhile somebody wants huge pages for that memory.
//
// That last point is what this program is about. collapse_file() turns 512 small pages of a
// memory file into one huge page, and fills the pages that are missing with zeros. If userfaultfd
// is watching for just those missing pages, then filling one loses the event: the virtual machine
// reads zeros, nobody is asked for the page, and when the page is pushed later, UFFDIO_COPY
// answers EEXIST. A correct kernel therefore refuses such a collapse with EBUSY.
//
// One memory file is mapped three times, all MAP_SHARED:
//
//   source       plain; pages sent ahead are written through it
//   destination  what the virtual machine uses; registered with userfaultfd in mode MISSING
//   alias        plain, MADV_HUGEPAGE: khugepaged may collapse it, and MADV_COLLAPSE is called on
//   it
//
// The file consists of ranges of 2 MiB. A range is registered either from its page 8 on
// ("partial") or from its page 0 on ("whole"). Partial ranges tell a collapse that asks every
// mapping of the range from one that asks only about the mapping of its first page.
//
// Nothing here depends on a race. The order for every range is: register, send the first pages,
// MADV_COLLAPSE; only then does the virtual machine run and demand the others. When all pages of a
// range have arrived, MADV_COLLAPSE is called again and has to succeed. Every page is compared with
// what was sent: on first touch, and at the end through destination and alias.
//
// The program runs unchanged on a real Linux kernel: build it for the host, and it is the control.
//
// Threads: main (set-up, then monitor: last collapses, progress, watchdog), the handler (the only
// sender once it runs) and the readers (the virtual CPUs).
//
// Exit status: 0 intact, 1 broken, 2 the experiment could not be made, 64 wrong usage.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif
#ifndef UFFD_USER_MODE_ONLY
#define UFFD_USER_MODE_ONLY 1
#endif

#define PAGE_BYTES 4096u
#define PAGE_WORDS (PAGE_BYTES / sizeof(uint64_t))
#define RANGE_PAGES 512u
#define RANGE_BYTES (RANGE_PAGES * (size_t)PAGE_BYTES)
#define STAMP_WORD (PAGE_WORDS - 1)  // a reader inverts this word once it has checked the page

#define MAX_RANGES 512u
#define MAX_READERS 16u
#define SHOWN_RANGES 16u
#define SHOWN_WRONG 8u
#define IDLE_PUSH 16u  // pages pushed when no request came for a millisecond
#define TICK_MILLIS 2
#define PROGRESS_MILLIS 100
#define MAX_BUSY_TRIES 1000u  // EAGAIN only says that somebody was using a page just then
#define MAX_OTHER_TRIES 10u   // a collapse of the same range by khugepaged can give other errors

enum { EXIT_INTACT = 0, EXIT_BROKEN = 1, EXIT_UNPROVEN = 2, EXIT_USAGE = 64 };

// ---------------------------------------------------------------------------------------------
// State
// ---------------------------------------------------------------------------------------------

// How a page came to be where it is. Only its sender changes it.
enum page_state {
  UNSENT,    // nobody has sent it
  SENDING,   // UFFDIO_COPY is under way; seen by readers, who may be faster than its return
  SENT,      // UFFDIO_COPY put it there
  APPEARED,  // UFFDIO_COPY answered EEXIST: something else had filled the page
  WRITTEN,   // stored through the source mapping, where nothing is registered
};

// What else happened to a page, as bits.
enum page_flag {
  REQUESTED = 1,          // a message asked for it
  TOUCHED = 2,            // a reader has read it
  WRONG_AT_TOUCH = 4,     // a reader found something else than was sent
  WRONG_DESTINATION = 8,  // so did the last check through the destination
  WRONG_ALIAS = 16,       // and the one through the alias
  VANISHED = 32,          // it had to be sent again
};
#define WRONG_ANYWHERE (WRONG_AT_TOUCH | WRONG_DESTINATION | WRONG_ALIAS)

// 32-bit members: RISC-V has no atomic instruction for a single byte.
struct page {
  _Atomic uint32_t state;
  _Atomic uint32_t flags;
  uint32_t wrong_word;  // where the first difference was, and what stood there
  uint64_t wrong_found;
};

struct range {
  unsigned armed_from;       // first registered page: 0 (whole) or options.first_pages (partial)
  _Atomic unsigned arrived;  // pages whose fate is known
  int first_errno;           // result of the collapse after the first pages; 0 is success
  int last_errno;            // result of the collapse after all pages
  unsigned last_tries;
  bool last_done;
};

enum registration { MIXED, PARTIAL, WHOLE };

static struct {
  unsigned ranges;
  uint64_t seed;
  enum registration registration;
  unsigned first_pages;
  unsigned background;
  unsigned readers;
  unsigned daemon_wait_millis;
  unsigned timeout_seconds;
  bool collapse;
  int progress_fd;
} options = {
    .ranges = 8,
    .seed = 1,
    .registration = MIXED,
    .first_pages = 8,
    .background = 1,
    .readers = 1,
    .daemon_wait_millis = 50,
    .timeout_seconds = 60,
    .collapse = true,
    .progress_fd = -1,
};

static struct page *pages;
static struct range *ranges;
static unsigned page_count;
static size_t file_bytes;

static const uint64_t *contents;  // what the old host has: the truth, page after page
static char *source;
static char *destination;
static char *alias;
static int uffd = -1;

static _Atomic bool handler_must_stop;
static _Atomic unsigned readers_running;

static struct {
  _Atomic unsigned ahead;       // pages that arrived before the switch-over
  _Atomic unsigned demanded;    // pages sent because a message asked for them
  _Atomic unsigned background;  // pages pushed
  _Atomic unsigned messages;    // page fault messages read
  _Atomic unsigned late;        // of them, for pages that had been sent meanwhile
  _Atomic unsigned touched;     // pages read by the readers
  _Atomic unsigned wrong;       // of them, with wrong contents
  _Atomic unsigned appeared;    // pages that answered EEXIST
} counts;

// madvise(MADV_COLLAPSE) calls by result; only main collapses.
static struct { unsigned calls, ok, ebusy, eagain, einval, enomem, other; } collapses;

// ---------------------------------------------------------------------------------------------
// Small things
// ---------------------------------------------------------------------------------------------

// Ends the program because the experiment cannot be made here, which is no verdict on the kernel.
__attribute__((noreturn, format(printf, 1, 2))) static void give_up(const char *format, ...) {
  char why[160];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(why, sizeof why, format, arguments);
  va_end(arguments);
  printf("VERDICT: unproven: %s\n", why);
  fflush(stdout);
  _exit(EXIT_UNPROVEN);
}

static const char *errno_name(int error) {
  static char number[24];  // only main prints
  switch (error) {
    case 0: return "ok";
    case EAGAIN: return "EAGAIN";
    case EBUSY: return "EBUSY";
    case EINVAL: return "EINVAL";
    case ENOMEM: return "ENOMEM";
    case ENOSYS: return "ENOSYS";
    case EPERM: return "EPERM";
    default: snprintf(number, sizeof number, "errno %d", error); return number;
  }
}

static uint64_t now_millis(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

static void sleep_millis(int millis) { poll(NULL, 0, millis); }

// SplitMix64: a good 64-bit mixing function in three lines, so that every run with the same seed
// has the same contents and the same order of requests.
static uint64_t mix(uint64_t value) {
  value += 0x9e3779b97f4a7c15u;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

static void shuffle(unsigned *items, unsigned count, uint64_t *random) {
  for (unsigned i = count; i > 1; i--) {
    unsigned j = (unsigned)((*random = mix(*random)) % i);
    unsigned item = items[i - 1];
    items[i - 1] = items[j];
    items[j] = item;
  }
}

static const uint64_t *content_of(unsigned page) { return contents + page * PAGE_WORDS; }

static bool is_armed(unsigned page) {
  return page % RANGE_PAGES >= ranges[page / RANGE_PAGES].armed_from;
}

// ---------------------------------------------------------------------------------------------
// Sending pages
// ---------------------------------------------------------------------------------------------

static void arrived(unsigned page, uint32_t state) {
  atomic_store(&pages[page].state, state);
  atomic_fetch_add(&ranges[page / RANGE_PAGES].arrived, 1);
}

static void wake(unsigned page) {
  struct uffdio_range where = {.start = (uintptr_t)destination + page * (uint64_t)PAGE_BYTES,
                               .len = PAGE_BYTES};
  if (ioctl(uffd, UFFDIO_WAKE, &where) != 0)
    give_up("UFFDIO_WAKE of page %u: %s", page, strerror(errno));
}

// One UFFDIO_COPY; returns 0 or EEXIST. A successful one wakes the page's waiters by itself.
static int copy(unsigned page) {
  for (unsigned tries = 0;; tries++) {
    struct uffdio_copy request = {
        .dst = (uintptr_t)destination + page * (uint64_t)PAGE_BYTES,
        .src = (uintptr_t)content_of(page),
        .len = PAGE_BYTES,
    };
    if (ioctl(uffd, UFFDIO_COPY, &request) == 0) return 0;
    if (errno == EEXIST) return EEXIST;
    if (errno != EAGAIN || tries == 10000)
      give_up("UFFDIO_COPY of page %u: %s", page, strerror(errno));
  }
}

// Sends an unsent page of a registered part. EEXIST means that the page is there although only we
// send pages: it is counted, and whoever waits for it is woken, for there is nothing more to send.
static void send(unsigned page, _Atomic unsigned *counter) {
  atomic_store(&pages[page].state, SENDING);
  atomic_fetch_add(counter, 1);
  if (copy(page) == 0) {
    arrived(page, SENT);
    return;
  }
  atomic_fetch_add(&counts.appeared, 1);
  arrived(page, APPEARED);
  wake(page);
}

// Answers one message.
static void serve(unsigned page) {
  atomic_fetch_or(&pages[page].flags, REQUESTED);
  if (atomic_load(&pages[page].state) == UNSENT) {
    send(page, &counts.demanded);
    return;
  }
  // The page was sent between the fault and our reading of its message, so EEXIST is the right
  // answer this time. Success would mean that the page has been lost since.
  atomic_fetch_add(&counts.late, 1);
  if (copy(page) == 0) {
    atomic_fetch_or(&pages[page].flags, VANISHED);
  } else {
    wake(page);
  }
}

// Pushes up to count unsent pages in ascending order. Returns false when there is none left.
static bool push(unsigned *next, unsigned count) {
  for (; *next < page_count; ++*next) {
    if (count == 0) return true;
    if (atomic_load(&pages[*next].state) == UNSENT) {
      send(*next, &counts.background);
      count--;
    }
  }
  return false;
}

// Reads messages until there are none. Returns how many there were.
static unsigned serve_all(void) {
  unsigned served = 0;
  for (;;) {
    struct uffd_msg message;
    ssize_t length = read(uffd, &message, sizeof message);
    if (length < 0 && errno == EAGAIN) return served;
    if (length < 0 && errno == EINTR) continue;
    if (length != (ssize_t)sizeof message)
      give_up("read of userfaultfd: %s", length < 0 ? strerror(errno) : "short message");
    if (message.event != UFFD_EVENT_PAGEFAULT) give_up("unexpected event %#x", message.event);
    uint64_t offset = message.arg.pagefault.address - (uintptr_t)destination;
    if (offset >= file_bytes)
      give_up("message for the foreign address %#llx",
              (unsigned long long)message.arg.pagefault.address);
    atomic_fetch_add(&counts.messages, 1);
    served++;
    serve((unsigned)(offset / PAGE_BYTES));
  }
}

// The handler thread: requests first; options.background pages are pushed for each request, and
// some more whenever no request has come for a while.
static void *handle(void *unused) {
  (void)unused;
  unsigned next = 0;
  bool more = true;
  while (!atomic_load(&handler_must_stop)) {
    bool all_read = atomic_load(&readers_running) == 0;
    struct pollfd events = {.fd = uffd, .events = POLLIN};
    int ready = poll(&events, 1, more && all_read ? 0 : more ? 1 : 10);
    if (ready < 0 && errno != EINTR) give_up("poll: %s", strerror(errno));
    if (ready > 0) {
      if (events.revents & ~POLLIN) give_up("poll of userfaultfd says %#x", events.revents);
      unsigned served = serve_all();
      more = push(&next, served * options.background);
    } else if (more) {
      more = push(&next, IDLE_PUSH);
    }
  }
  return NULL;
}

// ---------------------------------------------------------------------------------------------
// Using pages
// ---------------------------------------------------------------------------------------------

// Compares a page with what was sent. Its last word may be inverted by a reader; with must_stamp
// it has to be.
static bool check(unsigned page, const char *mapping, bool must_stamp, uint32_t flag) {
  const volatile uint64_t *found = (const volatile uint64_t *)(mapping + page * (size_t)PAGE_BYTES);
  const uint64_t *expected = content_of(page);
  for (unsigned word = 0; word < PAGE_WORDS; word++) {
    uint64_t value = found[word];
    if (word == STAMP_WORD && value == ~expected[word]) continue;
    if (value == expected[word] && !(word == STAMP_WORD && must_stamp)) continue;
    if (!(atomic_fetch_or(&pages[page].flags, flag) & WRONG_ANYWHERE)) {
      pages[page].wrong_word = word;
      pages[page].wrong_found = value;
    }
    return false;
  }
  return true;
}

// A reader thread, that is a virtual CPU: uses every page once, range after range, ranges and
// pages in the order that the seed gives. It also stores into each page, so that a collapse which
// loses a store is found in the end.
static void *use(void *argument) {
  uint64_t random = mix(options.seed ^ (uintptr_t)argument << 56);
  unsigned *range_order = malloc(options.ranges * sizeof *range_order);
  if (range_order == NULL) give_up("no memory for a reader");
  unsigned page_order[RANGE_PAGES];
  for (unsigned i = 0; i < options.ranges; i++) range_order[i] = i;
  shuffle(range_order, options.ranges, &random);
  for (unsigned i = 0; i < options.ranges; i++) {
    for (unsigned j = 0; j < RANGE_PAGES; j++) page_order[j] = range_order[i] * RANGE_PAGES + j;
    shuffle(page_order, RANGE_PAGES, &random);
    for (unsigned j = 0; j < RANGE_PAGES; j++) {
      unsigned page = page_order[j];
      if (!check(page, destination, false, WRONG_AT_TOUCH)) atomic_fetch_add(&counts.wrong, 1);
      volatile uint64_t *words = (volatile uint64_t *)(destination + page * (size_t)PAGE_BYTES);
      words[STAMP_WORD] = ~content_of(page)[STAMP_WORD];
      if (!(atomic_fetch_or(&pages[page].flags, TOUCHED) & TOUCHED))
        atomic_fetch_add(&counts.touched, 1);
    }
  }
  free(range_order);
  atomic_fetch_sub(&readers_running, 1);
  return NULL;
}

// ---------------------------------------------------------------------------------------------
// Set-up
// ---------------------------------------------------------------------------------------------

static void *map(void *where, size_t bytes, int protection, int flags, int fd, const char *what) {
  void *address = mmap(where, bytes, protection, flags, fd, 0);
  if (address == MAP_FAILED) give_up("mmap of %s: %s", what, strerror(errno));
  return address;
}

// Maps the file three times, side by side, each at a multiple of 2 MiB: only an aligned mapping can
// hold a huge page.
static void map_file(void) {
  int memfd = memfd_create("vm-memory", MFD_CLOEXEC);
  if (memfd < 0) give_up("memfd_create: %s", strerror(errno));
  if (ftruncate(memfd, (off_t)file_bytes) != 0) give_up("ftruncate: %s", strerror(errno));
  char *room = map(NULL, 3 * file_bytes + RANGE_BYTES, PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, "address space");
  char *aligned = (char *)(((uintptr_t)room + RANGE_BYTES - 1) & ~(uintptr_t)(RANGE_BYTES - 1));
  int flags = MAP_SHARED | MAP_FIXED;
  source = map(aligned, file_bytes, PROT_READ | PROT_WRITE, flags, memfd, "the source");
  destination = map(aligned + file_bytes, file_bytes, PROT_READ | PROT_WRITE, flags, memfd,
                    "the destination");
  alias =
      map(aligned + 2 * file_bytes, file_bytes, PROT_READ | PROT_WRITE, flags, memfd, "the alias");
  close(memfd);
  if (options.collapse && madvise(alias, file_bytes, MADV_HUGEPAGE) != 0)
    give_up("MADV_HUGEPAGE: %s", strerror(errno));
}

static void make_contents(void) {
  uint64_t *words = map(NULL, file_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                        "the contents");
  uint64_t base = mix(options.seed);
  // No word is zero, nor is any inverted one: a page of zeros is wrong in its first word.
  for (size_t i = 0; i < file_bytes / sizeof *words; i++)
    words[i] = (mix(base + i) | 1) & ~UINT64_C(2);
  contents = words;
}

static void open_userfaultfd(void) {
  int flags = O_CLOEXEC | O_NONBLOCK;
  uffd = (int)syscall(SYS_userfaultfd, flags);
  if (uffd < 0 && errno == EPERM)  // without privileges: faults of user mode only, which do here
    uffd = (int)syscall(SYS_userfaultfd, flags | UFFD_USER_MODE_ONLY);
  if (uffd < 0) give_up("userfaultfd: %s", strerror(errno));
  struct uffdio_api api = {.api = UFFD_API};
  if (ioctl(uffd, UFFDIO_API, &api) != 0) give_up("UFFDIO_API: %s", strerror(errno));
}

static struct uffdio_range armed_part(unsigned range) {
  uint64_t first = range * (uint64_t)RANGE_PAGES + ranges[range].armed_from;
  return (struct uffdio_range){
      .start = (uintptr_t)destination + first * PAGE_BYTES,
      .len = (RANGE_PAGES - ranges[range].armed_from) * (uint64_t)PAGE_BYTES,
  };
}

static void register_ranges(void) {
  for (unsigned i = 0; i < options.ranges; i++) {
    bool whole = options.registration == WHOLE || (options.registration == MIXED && i % 2 == 1);
    ranges[i].armed_from = whole ? 0 : options.first_pages;
    struct uffdio_register request = {.range = armed_part(i), .mode = UFFDIO_REGISTER_MODE_MISSING};
    if (ioctl(uffd, UFFDIO_REGISTER, &request) != 0)
      give_up("UFFDIO_REGISTER of range %u: %s", i, strerror(errno));
  }
}

static int collapse(unsigned range) {
  int error = madvise(alias + range * RANGE_BYTES, RANGE_BYTES, MADV_COLLAPSE) == 0 ? 0 : errno;
  collapses.calls++;
  switch (error) {
    case 0: collapses.ok++; break;
    case EBUSY: collapses.ebusy++; break;
    case EAGAIN: collapses.eagain++; break;
    case EINVAL: collapses.einval++; break;
    case ENOMEM: collapses.enomem++; break;
    default: collapses.other++;
  }
  return error;
}

// Whether to accept this result of a collapse rather than to try again.
static bool is_settled(int error, unsigned tries) {
  if (error == 0 || error == EBUSY) return true;
  return tries >= (error == EAGAIN ? MAX_BUSY_TRIES : MAX_OTHER_TRIES);
}

// The pre-copy stage of one range: its first pages arrive, and at once a collapse is asked for.
static void send_ahead(unsigned range) {
  unsigned first = range * RANGE_PAGES;
  for (unsigned page = first; page < first + options.first_pages; page++) {
    if (is_armed(page)) {
      send(page, &counts.ahead);
    } else {
      memcpy(source + page * (size_t)PAGE_BYTES, content_of(page), PAGE_BYTES);
      atomic_fetch_add(&counts.ahead, 1);
      arrived(page, WRITTEN);
    }
  }
  if (!options.collapse) return;
  unsigned tries = 1;
  while (!is_settled(ranges[range].first_errno = collapse(range), tries++)) sleep_millis(1);
}

static pthread_t start(void *(*body)(void *), uintptr_t argument) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  pthread_t thread;
  int error = pthread_create(&thread, &attributes, body, (void *)argument);
  if (error != 0) give_up("pthread_create: %s", strerror(error));
  pthread_attr_destroy(&attributes);
  return thread;
}

// ---------------------------------------------------------------------------------------------
// The monitor
// ---------------------------------------------------------------------------------------------

static unsigned arrived_pages(void) {
  unsigned sum = 0;
  for (unsigned i = 0; i < options.ranges; i++) sum += atomic_load(&ranges[i].arrived);
  return sum;
}

// One line for a program that watches this one; numbers only grow.
static void print_progress(void) {
  if (options.progress_fd < 0) return;
  int length = dprintf(options.progress_fd,
                       "progress pages=%u/%u read=%u demanded=%u background=%u messages=%u "
                       "appeared=%u collapses=%u collapsed=%u refused=%u wrong=%u\n",
                       arrived_pages(), page_count, atomic_load(&counts.touched),
                       atomic_load(&counts.demanded), atomic_load(&counts.background),
                       atomic_load(&counts.messages), atomic_load(&counts.appeared),
                       collapses.calls, collapses.ok, collapses.ebusy, atomic_load(&counts.wrong));
  if (length < 0) options.progress_fd = -1;  // nobody listens
}

// Collapses each range that has become complete. Returns how many are left to do.
static unsigned collapse_complete_ranges(void) {
  unsigned left = 0;
  for (unsigned i = 0; i < options.ranges; i++) {
    struct range *range = &ranges[i];
    if (range->last_done) continue;
    if (atomic_load(&range->arrived) == RANGE_PAGES) {
      if (options.collapse) range->last_errno = collapse(i);
      range->last_done = is_settled(range->last_errno, ++range->last_tries);
    }
    if (!range->last_done) left++;
  }
  return left;
}

// Waits until everything has arrived, was read, and is collapsed. Returns false if nothing moved
// for options.timeout_seconds, as when a waiting reader is never woken.
static bool monitor(void) {
  uint64_t moved_millis = now_millis();
  uint64_t printed_millis = 0;
  unsigned before = 0;
  for (;;) {
    unsigned left = collapse_complete_ranges();
    uint64_t millis = now_millis();
    if (millis - printed_millis >= PROGRESS_MILLIS) {
      print_progress();
      printed_millis = millis;
    }
    if (left == 0 && atomic_load(&readers_running) == 0) {
      print_progress();
      return true;
    }
    unsigned moves = arrived_pages() + atomic_load(&counts.touched) + options.ranges - left;
    if (moves != before) {
      before = moves;
      moved_millis = millis;
    } else if (millis - moved_millis > options.timeout_seconds * UINT64_C(1000)) {
      return false;
    }
    sleep_millis(TICK_MILLIS);
  }
}

// ---------------------------------------------------------------------------------------------
// The report
// ---------------------------------------------------------------------------------------------

// A registered page that was read although nobody was asked for it and nobody sent it.
static bool lost_its_event(unsigned page) {
  uint32_t flags = atomic_load(&pages[page].flags);
  return is_armed(page) && (flags & TOUCHED) && !(flags & REQUESTED) &&
         atomic_load(&pages[page].state) != SENT;
}

struct totals {
  unsigned wrong, zero, at_touch, in_destination, in_alias, lost, appeared, vanished;
};

static void add(struct totals *totals, unsigned page) {
  uint32_t flags = atomic_load(&pages[page].flags);
  totals->wrong += (flags & WRONG_ANYWHERE) != 0;
  totals->zero += (flags & WRONG_ANYWHERE) != 0 && pages[page].wrong_found == 0;
  totals->at_touch += (flags & WRONG_AT_TOUCH) != 0;
  totals->in_destination += (flags & WRONG_DESTINATION) != 0;
  totals->in_alias += (flags & WRONG_ALIAS) != 0;
  totals->vanished += (flags & VANISHED) != 0;
  totals->appeared += atomic_load(&pages[page].state) == APPEARED;
  totals->lost += lost_its_event(page);
}

static void print_ranges(void) {
  printf("range  registered  first collapse  last collapse  appeared  lost events  wrong pages\n");
  for (unsigned i = 0; i < options.ranges; i++) {
    if (i == SHOWN_RANGES) {
      printf("  ...  (%u more)\n", options.ranges - i);
      return;
    }
    struct totals totals = {0};
    for (unsigned page = 0; page < RANGE_PAGES; page++) add(&totals, i * RANGE_PAGES + page);
    printf("%5u  from page %u  %-14s", i, ranges[i].armed_from,
           options.collapse ? errno_name(ranges[i].first_errno) : "-");
    printf("  %-13s  %8u  %11u  %11u\n",
           !options.collapse     ? "-"
           : ranges[i].last_done ? errno_name(ranges[i].last_errno)
                                 : "not yet",
           totals.appeared, totals.lost, totals.wrong);
  }
}

static void print_wrong_pages(const struct totals *totals) {
  if (totals->wrong == 0) return;
  printf("first wrong pages:\n");
  unsigned shown = 0;
  for (unsigned page = 0; page < page_count && shown < SHOWN_WRONG; page++) {
    if (!(atomic_load(&pages[page].flags) & WRONG_ANYWHERE)) continue;
    uint64_t expected = content_of(page)[pages[page].wrong_word];
    printf("  range %u page %u word %u: expected %016llx, found %016llx%s\n", page / RANGE_PAGES,
           page % RANGE_PAGES, pages[page].wrong_word, (unsigned long long)expected,
           (unsigned long long)pages[page].wrong_found,
           lost_its_event(page) ? " (no message)" : "");
    shown++;
  }
}

// A first collapse may only answer ok (then the damage shows) or EBUSY, and a last one ok. Anything
// else means that huge pages cannot be had here, and then the run proves nothing.
static const struct range *unexpected_collapse(void) {
  for (unsigned i = 0; options.collapse && i < options.ranges; i++) {
    if (ranges[i].first_errno != 0 && ranges[i].first_errno != EBUSY) return &ranges[i];
    if (ranges[i].last_errno != 0) return &ranges[i];
  }
  return NULL;
}

static int report(bool finished) {
  struct totals totals = {0};
  for (unsigned page = 0; page < page_count; page++) add(&totals, page);
  print_ranges();
  unsigned ahead = atomic_load(&counts.ahead);
  printf("pages: %u of %u arrived: %u before the switch-over, %u on demand, %u in the background\n",
         arrived_pages(), page_count, ahead, atomic_load(&counts.demanded),
         atomic_load(&counts.background));
  printf("messages: %u, of them %u for pages sent meanwhile\n", atomic_load(&counts.messages),
         atomic_load(&counts.late));
  printf("collapses: %u calls: %u ok, %u EBUSY, %u EAGAIN, %u EINVAL, %u ENOMEM, %u other\n",
         collapses.calls, collapses.ok, collapses.ebusy, collapses.eagain, collapses.einval,
         collapses.enomem, collapses.other);
  printf("appeared: %u pages were there without having been sent (EEXIST)\n", totals.appeared);
  printf("lost events: %u pages were missing, registered and read without a message\n",
         totals.lost);
  printf(
      "wrong: %u pages, %u of them zero; %u on first touch, at the end %u through the destination, "
      "%u through the alias\n",
      totals.wrong, totals.zero, totals.at_touch, totals.in_destination, totals.in_alias);
  print_wrong_pages(&totals);
  if (!finished || totals.wrong || totals.lost || totals.appeared || totals.vanished) {
    printf("VERDICT: broken: %u pages wrong, %u events lost, %u pages appeared, %u vanished%s\n",
           totals.wrong, totals.lost, totals.appeared, totals.vanished,
           finished ? "" : ", and nothing moves any more");
    return EXIT_BROKEN;
  }
  const struct range *odd = unexpected_collapse();
  if (odd != NULL) {
    bool first = odd->first_errno != 0 && odd->first_errno != EBUSY;
    printf("VERDICT: unproven: the %s MADV_COLLAPSE of range %u answered %s\n",
           first ? "first" : "last", (unsigned)(odd - ranges),
           errno_name(first ? odd->first_errno : odd->last_errno));
    return EXIT_UNPROVEN;
  }
  printf("VERDICT: intact\n");
  return EXIT_INTACT;
}

// ---------------------------------------------------------------------------------------------
// Command line
// ---------------------------------------------------------------------------------------------

static const char usage[] =
    "usage: migration [OPTION...]\n"
    "  --ranges N              2 MiB ranges (1..512, default 8)\n"
    "  --seed N                fixes contents and order of requests (default 1)\n"
    "  --registration KIND     partial, whole, or mixed (default): see --first-pages\n"
    "  --first-pages N         pages of each range sent ahead, and where the registration of a\n"
    "                          partial range starts (1..511, default 8)\n"
    "  --background N          pages pushed for each page demanded (0..512, default 1)\n"
    "  --readers N             threads that use the memory (1..16, default 1)\n"
    "  --no-collapse           no MADV_HUGEPAGE and no MADV_COLLAPSE\n"
    "  --daemon-wait MILLIS    pause before the switch-over, for khugepaged (default 50)\n"
    "  --no-daemon-wait        no such pause\n"
    "  --timeout SECONDS       give up when nothing moves for so long (default 60)\n"
    "  --progress-fd FD        write a line of progress there every 100 ms\n";

__attribute__((noreturn)) static void wrong_usage(const char *what) {
  fprintf(stderr, "migration: %s\n%s", what, usage);
  exit(EXIT_USAGE);
}

static uint64_t number(const char *text, uint64_t least, uint64_t most) {
  char *end;
  errno = 0;
  uint64_t value = text == NULL ? 0 : strtoull(text, &end, 0);
  if (text == NULL || *text < '0' || *text > '9' || *end != 0 || errno != 0 || value < least ||
      value > most)
    wrong_usage(text == NULL ? "a number is missing" : text);
  return value;
}

static void parse(char **arguments) {
  for (; *arguments != NULL; arguments++) {
    const char *name = *arguments;
    if (strcmp(name, "--help") == 0) {
      fputs(usage, stdout);
      exit(0);
    }
    if (strcmp(name, "--no-collapse") == 0) {
      options.collapse = false;
      continue;
    }
    if (strcmp(name, "--no-daemon-wait") == 0) {
      options.daemon_wait_millis = 0;
      continue;
    }
    const char *value = arguments[1];
    if (strcmp(name, "--ranges") == 0) {
      options.ranges = (unsigned)number(value, 1, MAX_RANGES);
    } else if (strcmp(name, "--seed") == 0) {
      options.seed = number(value, 0, UINT64_MAX);
    } else if (strcmp(name, "--first-pages") == 0) {
      options.first_pages = (unsigned)number(value, 1, RANGE_PAGES - 1);
    } else if (strcmp(name, "--background") == 0) {
      options.background = (unsigned)number(value, 0, RANGE_PAGES);
    } else if (strcmp(name, "--readers") == 0) {
      options.readers = (unsigned)number(value, 1, MAX_READERS);
    } else if (strcmp(name, "--daemon-wait") == 0) {
      options.daemon_wait_millis = (unsigned)number(value, 0, 60000);
    } else if (strcmp(name, "--timeout") == 0) {
      options.timeout_seconds = (unsigned)number(value, 1, 86400);
    } else if (strcmp(name, "--progress-fd") == 0) {
      options.progress_fd = (int)number(value, 0, 1023);
    } else if (strcmp(name, "--registration") == 0) {
      if (value == NULL) wrong_usage("--registration needs a kind");
      if (strcmp(value, "mixed") == 0) {
        options.registration = MIXED;
      } else if (strcmp(value, "partial") == 0) {
        options.registration = PARTIAL;
      } else if (strcmp(value, "whole") == 0) {
        options.registration = WHOLE;
      } else {
        wrong_usage(value);
      }
    } else {
      wrong_usage(name);
    }
    arguments++;
  }
}

int main(int count, char **arguments) {
  (void)count;
  parse(arguments + 1);
  // Whoever watches the progress may leave; that is no reason to end.
  if (options.progress_fd >= 0) signal(SIGPIPE, SIG_IGN);
  page_count = options.ranges * RANGE_PAGES;
  file_bytes = page_count * (size_t)PAGE_BYTES;
  pages = calloc(page_count, sizeof *pages);
  ranges = calloc(options.ranges, sizeof *ranges);
  if (pages == NULL || ranges == NULL) give_up("no memory for %u pages", page_count);
  printf("migration: %u ranges of 2 MiB, %u pages, seed %llu, %u pages of each range sent ahead\n",
         options.ranges, page_count, (unsigned long long)options.seed, options.first_pages);
  fflush(stdout);

  make_contents();
  map_file();
  open_userfaultfd();
  // Registration comes before the first page: a collapse of a range that nobody watches yet is
  // free to fill it.
  register_ranges();
  for (unsigned i = 0; i < options.ranges; i++) send_ahead(i);
  print_progress();
  sleep_millis((int)options.daemon_wait_millis);

  // The switch-over: from here on the virtual machine runs on its new host.
  atomic_store(&readers_running, options.readers);
  pthread_t handler = start(handle, 0);
  pthread_t readers[MAX_READERS];
  for (unsigned i = 0; i < options.readers; i++) readers[i] = start(use, i);
  if (!monitor()) {
    // Some thread is stuck, so nothing can be joined: say what is known and leave.
    int status = report(false);
    fflush(stdout);
    _exit(status);
  }
  for (unsigned i = 0; i < options.readers; i++) pthread_join(readers[i], NULL);

  // The handler keeps serving: a page that got lost would stop this check otherwise.
  for (unsigned page = 0; page < page_count; page++) {
    check(page, destination, true, WRONG_DESTINATION);
    check(page, alias, true, WRONG_ALIAS);
  }
  atomic_store(&handler_must_stop, true);
  pthread_join(handler, NULL);
  for (unsigned i = 0; i < options.ranges; i++) {
    struct uffdio_range part = armed_part(i);
    if (ioctl(uffd, UFFDIO_UNREGISTER, &part) != 0)
      give_up("UFFDIO_UNREGISTER of range %u: %s", i, strerror(errno));
  }
  close(uffd);
  return report(true);
}
