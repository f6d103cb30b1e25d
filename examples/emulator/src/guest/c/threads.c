// SPDX-License-Identifier: Apache-2.0
//
// threads: what a POSIX threads program needs of the machine and of the kernel, each step checking
// itself. The output is the same on every run, however the threads are scheduled.
//
//   counters   threads add to one number under a mutex, and to another atomically
//   queue      producers and consumers share a small ring with two condition variables
//   phases     threads relax an array in steps separated by a barrier
//   locals     every thread has its own copy of a __thread variable and of a pthread key
//   heap       threads fill, check, grow and free several MiB of malloc'ed memory, passing blocks
//   on publish    message passing through release and acquire: data stored before a flag is seen
//   after it once       pthread_once, a read-write lock and a semaphore
//
// Usage: threads [THREADS] (2..16, default 4). Exit status: 0 right, 1 wrong, 64 wrong usage.

#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_THREADS 16
#define EXIT_USAGE 64

static unsigned threads = 4;
static bool all_right = true;

static void result(const char *name, bool right, uint64_t value) {
  printf("%-8s %s %llu\n", name, right ? "right" : "WRONG", (unsigned long long)value);
  all_right &= right;
}

// Runs one function in all threads and waits for them. Returns the sum of what they return.
static uint64_t run(void *(*body)(void *)) {
  pthread_t started[MAX_THREADS];
  for (unsigned i = 0; i < threads; i++) {
    if (pthread_create(&started[i], NULL, body, (void *)(uintptr_t)i) != 0) {
      printf("threads: pthread_create failed\n");
      exit(1);
    }
  }
  uint64_t sum = 0;
  for (unsigned i = 0; i < threads; i++) {
    void *value;
    pthread_join(started[i], &value);
    sum += (uintptr_t)value;
  }
  return sum;
}

// Each of n threads returns its index: their sum, which shows that each ran exactly once.
static uint64_t sum_of_indices(void) { return threads * (threads - 1) / 2; }

// --- counters --------------------------------------------------------------------------------

#define ADDITIONS 20000

static pthread_mutex_t counter_mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t locked_counter;
static _Atomic uint64_t atomic_counter;
static _Atomic uint32_t greatest;  // by compare-and-exchange

static void *count_up(void *argument) {
  uint32_t index = (uint32_t)(uintptr_t)argument;
  for (uint32_t i = 0; i < ADDITIONS; i++) {
    pthread_mutex_lock(&counter_mutex);
    locked_counter++;
    pthread_mutex_unlock(&counter_mutex);
    atomic_fetch_add(&atomic_counter, 1);
    uint32_t mine = i * threads + index;
    uint32_t seen = atomic_load(&greatest);
    while (seen < mine && !atomic_compare_exchange_weak(&greatest, &seen, mine)) {
    }
  }
  return argument;
}

static void counters(void) {
  uint64_t sum = run(count_up);
  uint64_t expected = (uint64_t)threads * ADDITIONS;
  bool right = sum == sum_of_indices() && locked_counter == expected &&
               atomic_load(&atomic_counter) == expected && atomic_load(&greatest) == expected - 1;
  result("counters", right, locked_counter);
}

// --- queue -----------------------------------------------------------------------------------

#define RING 8
#define ITEMS 4000  // of each producer; every thread with an even index produces

static struct {
  pthread_mutex_t mutex;
  pthread_cond_t not_empty, not_full;
  uint64_t items[RING];
  unsigned first, count, producers;
} queue = {
    .mutex = PTHREAD_MUTEX_INITIALIZER,
    .not_empty = PTHREAD_COND_INITIALIZER,
    .not_full = PTHREAD_COND_INITIALIZER,
};

static void *produce(uint64_t index) {
  for (uint64_t i = 1; i <= ITEMS; i++) {
    pthread_mutex_lock(&queue.mutex);
    while (queue.count == RING) pthread_cond_wait(&queue.not_full, &queue.mutex);
    queue.items[(queue.first + queue.count++) % RING] = index * ITEMS + i;
    pthread_cond_signal(&queue.not_empty);
    pthread_mutex_unlock(&queue.mutex);
  }
  pthread_mutex_lock(&queue.mutex);
  if (--queue.producers == 0) pthread_cond_broadcast(&queue.not_empty);
  pthread_mutex_unlock(&queue.mutex);
  return NULL;
}

static void *consume(void) {
  uint64_t sum = 0;
  for (;;) {
    pthread_mutex_lock(&queue.mutex);
    while (queue.count == 0 && queue.producers > 0)
      pthread_cond_wait(&queue.not_empty, &queue.mutex);
    if (queue.count == 0) {
      pthread_mutex_unlock(&queue.mutex);
      return (void *)(uintptr_t)sum;
    }
    sum += queue.items[queue.first];
    queue.first = (queue.first + 1) % RING;
    queue.count--;
    pthread_cond_signal(&queue.not_full);
    pthread_mutex_unlock(&queue.mutex);
  }
}

static void *produce_or_consume(void *argument) {
  uintptr_t index = (uintptr_t)argument;
  return index % 2 == 0 ? produce(index / 2) : consume();
}

static void queues(void) {
  uint64_t producers = (threads + 1) / 2;
  queue.producers = (unsigned)producers;
  uint64_t sum = run(produce_or_consume);
  uint64_t items = producers * ITEMS;  // the numbers 1..items
  result("queue", sum == items * (items + 1) / 2, sum);
}

// --- phases ----------------------------------------------------------------------------------

#define CELLS 512
#define STEPS 60

static pthread_barrier_t barrier;
static int64_t cells[2][CELLS];

static int64_t relaxed(const int64_t *from, unsigned cell) {
  int64_t before = from[(cell + CELLS - 1) % CELLS];
  int64_t after = from[(cell + 1) % CELLS];
  return (before + 2 * from[cell] + after) / 4;
}

static int64_t initial(unsigned cell) { return (int64_t)(cell * 2654435761u); }

static void *relax(void *argument) {
  unsigned index = (unsigned)(uintptr_t)argument;
  uintptr_t serial = 0;
  for (unsigned step = 0; step < STEPS; step++) {
    for (unsigned cell = index; cell < CELLS; cell += threads)
      cells[(step + 1) % 2][cell] = relaxed(cells[step % 2], cell);
    if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) serial++;
  }
  return (void *)serial;
}

static void phases(void) {
  static int64_t alone[2][CELLS];
  for (unsigned cell = 0; cell < CELLS; cell++) cells[0][cell] = alone[0][cell] = initial(cell);
  pthread_barrier_init(&barrier, NULL, threads);
  uint64_t serial = run(relax);
  pthread_barrier_destroy(&barrier);
  for (unsigned step = 0; step < STEPS; step++)
    for (unsigned cell = 0; cell < CELLS; cell++)
      alone[(step + 1) % 2][cell] = relaxed(alone[step % 2], cell);
  bool right = serial == STEPS && memcmp(alone, cells, sizeof cells) == 0;
  result("phases", right, (uint64_t)cells[STEPS % 2][0]);
}

// --- locals ----------------------------------------------------------------------------------

static __thread uint64_t local_counter = 1000;
static __thread uint64_t local_zeros[64];
static pthread_key_t key;
static _Atomic unsigned destroyed;

static void destroy(void *value) {
  free(value);
  atomic_fetch_add(&destroyed, 1);
}

static void *use_locals(void *argument) {
  uintptr_t index = (uintptr_t)argument;
  uint64_t *mine = malloc(sizeof *mine);
  if (mine == NULL) return NULL;
  *mine = index;
  pthread_setspecific(key, mine);
  for (unsigned i = 0; i < 5000; i++) {
    local_counter += index;
    if (local_zeros[i % 64]++ != i / 64) return NULL;
  }
  if (*(uint64_t *)pthread_getspecific(key) != index) return NULL;
  return (void *)(uintptr_t)local_counter;
}

static void locals(void) {
  pthread_key_create(&key, destroy);
  uint64_t sum = run(use_locals);
  pthread_key_delete(key);
  bool right = sum == threads * UINT64_C(1000) + 5000 * sum_of_indices() && local_counter == 1000 &&
               atomic_load(&destroyed) == threads;
  result("locals", right, sum);
}

// --- heap ------------------------------------------------------------------------------------

#define BLOCKS 96
#define LARGE (256 * 1024)  // above malloc's threshold: these come from mmap

static _Atomic(uint32_t *) handed_over[BLOCKS];

static uint32_t word(uint32_t block, uint32_t i) {
  return (block + 1) * 2246822519u + i * 3266489917u;
}

// A block starts with its length in words and its name.
static uint32_t *make_block(uint32_t name) {
  uint32_t bytes = name % 8 == 0 ? LARGE + name * 4096 : 512 + name * 1021;
  uint32_t words = bytes / 4;
  uint32_t *block = malloc(words * 4);
  if (block == NULL) return NULL;
  block[0] = words;
  block[1] = name;
  for (uint32_t i = 2; i < words; i++) block[i] = word(name, i);
  return block;
}

static bool is_intact(const uint32_t *block) {
  for (uint32_t i = 2; i < block[0]; i++)
    if (block[i] != word(block[1], i)) return false;
  return true;
}

// Makes blocks, grows some, swaps each with whatever another thread left in the slot, checks what
// it got, and frees that: much memory is freed by another thread than the one that allocated it.
static void *churn(void *argument) {
  uint32_t index = (uint32_t)(uintptr_t)argument;
  uintptr_t freed = 0;
  for (uint32_t i = 0; i < BLOCKS; i++) {
    uint32_t *block = make_block(i * MAX_THREADS + index);
    if (block == NULL) return NULL;
    if (i % 3 == 0) {
      uint32_t words = block[0];
      block = realloc(block, words * 8);
      if (block == NULL) return NULL;
      block[0] = words * 2;
      for (uint32_t j = words; j < words * 2; j++) block[j] = word(block[1], j);
    }
    uint32_t *other = atomic_exchange(&handed_over[i * 31 % BLOCKS], block);
    if (other == NULL) continue;
    if (!is_intact(other)) return NULL;
    free(other);
    freed++;
  }
  return (void *)freed;
}

static void heap(void) {
  uint64_t freed = run(churn);
  bool right = freed == (threads - 1) * (uint64_t)BLOCKS;
  unsigned left = 0;
  for (unsigned i = 0; i < BLOCKS; i++) {
    uint32_t *block = atomic_load(&handed_over[i]);
    if (block == NULL || !is_intact(block)) {
      right = false;
      continue;
    }
    left++;
    free(block);
  }
  result("heap", right && left == BLOCKS, freed + left);
}

// --- publish ---------------------------------------------------------------------------------

#define ROUNDS 500

static struct {
  uint64_t data[8];
  _Atomic uint32_t turn;
} slots[MAX_THREADS];

// Thread i waits for slot i, adds to its data, and hands it on to slot i + 1.
static void *pass_on(void *argument) {
  unsigned index = (unsigned)(uintptr_t)argument;
  unsigned next = (index + 1) % threads;
  uintptr_t wrong = 0;
  for (uint32_t round = 1; round <= ROUNDS; round++) {
    for (unsigned spins = 0;
         atomic_load_explicit(&slots[index].turn, memory_order_acquire) != round; spins++)
      if (spins % 64 == 63) sched_yield();
    for (unsigned i = 0; i < 8; i++) {
      if (slots[index].data[i] != (round - 1) * (uint64_t)threads + index + i) wrong++;
      slots[next].data[i] = slots[index].data[i] + 1;
    }
    atomic_store_explicit(&slots[next].turn, next == 0 ? round + 1 : round, memory_order_release);
  }
  return (void *)wrong;
}

static void publish(void) {
  for (unsigned i = 0; i < 8; i++) slots[0].data[i] = i;
  atomic_store(&slots[0].turn, 1);
  uint64_t wrong = run(pass_on);
  result("publish", wrong == 0 && slots[0].data[0] == (uint64_t)ROUNDS * threads, slots[0].data[0]);
}

// --- once ------------------------------------------------------------------------------------

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_rwlock_t table_lock = PTHREAD_RWLOCK_INITIALIZER;
static sem_t permits;
static _Atomic int inside;
static _Atomic bool crowded;
static unsigned initialised;
static uint64_t table[2];  // both entries are always equal, for those who hold the lock

static void initialise(void) { initialised++; }

static void *use_locks(void *argument) {
  for (unsigned i = 0; i < 500; i++) {
    pthread_once(&once, initialise);
    sem_wait(&permits);
    if (atomic_fetch_add(&inside, 1) >= 2) atomic_store(&crowded, true);
    if (i % 4 == 0) {
      pthread_rwlock_wrlock(&table_lock);
      table[0]++;
      table[1]++;
    } else {
      pthread_rwlock_rdlock(&table_lock);
      if (table[0] != table[1]) atomic_store(&crowded, true);
    }
    pthread_rwlock_unlock(&table_lock);
    atomic_fetch_sub(&inside, 1);
    sem_post(&permits);
  }
  return argument;
}

static void locks(void) {
  sem_init(&permits, 0, 2);
  uint64_t sum = run(use_locks);
  sem_destroy(&permits);
  bool right = sum == sum_of_indices() && initialised == 1 && !atomic_load(&crowded) &&
               table[0] == threads * UINT64_C(125);
  result("once", right, table[0]);
}

int main(int count, char **arguments) {
  if (count > 1) {
    char *end;
    unsigned long value = strtoul(arguments[1], &end, 10);
    if (count > 2 || *end != 0 || value < 2 || value > MAX_THREADS) {
      fprintf(stderr, "usage: threads [THREADS] (2..%d, default 4)\n", MAX_THREADS);
      return EXIT_USAGE;
    }
    threads = (unsigned)value;
  }
  printf("threads: %u threads\n", threads);
  counters();
  queues();
  phases();
  locals();
  heap();
  publish();
  locks();
  printf("threads: %s\n", all_right ? "all right" : "WRONG");
  return all_right ? 0 : 1;
}
