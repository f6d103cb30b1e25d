// SPDX-License-Identifier: Apache-2.0
//
// compute: four small integer workloads, for measuring an instruction engine.
//
//   list     build a linked list in scattered nodes, sort it by merging, reverse and search it
//   matrix   multiply matrices of 16-bit numbers, plain and with extracted bit fields
//   machine  a state machine that classifies generated numbers such as "+12.5e-3"
//   crc      CRC-32 over the results of the other three and over a buffer
//
// One iteration runs each of them once. Everything is derived from the iteration number, results
// are chained into one checksum, and for the default number of iterations the checksum is known:
// the output is the same on every machine, byte for byte. Only --rate, which prints iterations per
// second, makes it differ.
//
// Exit status: 0 right, 1 wrong result, 64 wrong usage.

#define _GNU_SOURCE
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DEFAULT_ITERATIONS 200u
#define EXPECTED_CHECKSUM 0xbe6c9a14u  // for the default number of iterations
#define EXIT_USAGE 64

static uint32_t random_state;

// Numerical Recipes' linear congruential generator; its upper bits are the better ones.
static uint32_t next_random(void) {
  random_state = random_state * 1664525u + 1013904223u;
  return random_state >> 8;
}

// ---------------------------------------------------------------------------------------------
// crc
// ---------------------------------------------------------------------------------------------

// CRC-32 as in IEEE 802.3, bit by bit on purpose: shifts and branches, no table.
static uint32_t crc32(uint32_t crc, const void *data, size_t length) {
  const uint8_t *bytes = data;
  crc = ~crc;
  for (size_t i = 0; i < length; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++) {
      if (crc & 1) {
        crc = (crc >> 1) ^ 0xedb88320u;
      } else {
        crc >>= 1;
      }
    }
  }
  return ~crc;
}

static uint32_t crc32_of(uint32_t crc, uint32_t value) {
  uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                      (uint8_t)(value >> 24)};
  return crc32(crc, bytes, sizeof bytes);
}

// ---------------------------------------------------------------------------------------------
// list
// ---------------------------------------------------------------------------------------------

#define NODES 256

struct node {
  struct node *next;
  int32_t key;
  int32_t order;  // position before sorting: shows whether the sort is stable
};

static struct node nodes[NODES];

static struct node *build_list(void) {
  struct node *head = NULL;
  // 73 has no factor in common with 256: neighbours in the list are far apart in memory.
  for (int i = 0; i < NODES; i++) {
    struct node *node = &nodes[i * 73 % NODES];
    node->key = (int32_t)(next_random() % 100);
    node->order = NODES - i;
    node->next = head;
    head = node;
  }
  return head;
}

static struct node *merge(struct node *left, struct node *right) {
  struct node *head = NULL;
  struct node **tail = &head;
  while (left != NULL && right != NULL) {
    struct node **smaller = right->key < left->key ? &right : &left;
    *tail = *smaller;
    tail = &(*tail)->next;
    *smaller = *tail;
  }
  *tail = left != NULL ? left : right;
  return head;
}

static struct node *sort(struct node *head, int length) {
  if (length == 1) {
    head->next = NULL;
    return head;
  }
  struct node *middle = head;
  for (int i = 0; i < length / 2; i++) middle = middle->next;
  struct node *right = sort(middle, length - length / 2);
  struct node *left = sort(head, length / 2);
  return merge(left, right);
}

static struct node *reverse(struct node *head) {
  struct node *reversed = NULL;
  while (head != NULL) {
    struct node *next = head->next;
    head->next = reversed;
    reversed = head;
    head = next;
  }
  return reversed;
}

static bool list(uint32_t *result) {
  struct node *head = sort(build_list(), NODES);
  int length = 1;
  for (struct node *node = head; node->next != NULL; node = node->next, length++) {
    if (node->key > node->next->key) return false;
    if (node->key == node->next->key && node->order > node->next->order) return false;
  }
  if (length != NODES) return false;
  head = reverse(head);
  uint32_t hash = 0;
  for (int search = 0; search < 16; search++) {
    int32_t key = (int32_t)(next_random() % 100);
    int32_t distance = 0;
    struct node *node = head;
    for (; node != NULL && node->key != key; node = node->next) distance++;
    hash = hash * 31 + (uint32_t)(node == NULL ? -1 : distance * 1000 + node->order);
  }
  *result = hash;
  return true;
}

// ---------------------------------------------------------------------------------------------
// matrix
// ---------------------------------------------------------------------------------------------

#define SIZE 24

static int16_t left[SIZE][SIZE];
static int16_t right[SIZE][SIZE];
static int32_t product[SIZE][SIZE];

static bool matrix(uint32_t *result) {
  for (int row = 0; row < SIZE; row++) {
    for (int column = 0; column < SIZE; column++) {
      left[row][column] = (int16_t)(next_random() & 0xff) - 128;
      right[row][column] = (int16_t)(next_random() & 0xff) - 128;
    }
  }
  uint32_t bits = 0;
  for (int row = 0; row < SIZE; row++) {
    for (int column = 0; column < SIZE; column++) {
      int32_t sum = 0;
      for (int i = 0; i < SIZE; i++) sum += left[row][i] * right[i][column];
      product[row][column] = sum;
      bits += (uint32_t)(sum >> 2 & 0xf) * (uint32_t)(sum >> 5 & 0x7f);
    }
  }
  // Freivalds' check: left * (right * v) equals product * v, for a vector v of small numbers.
  int32_t vector[SIZE];
  int32_t image[SIZE];
  for (int i = 0; i < SIZE; i++) vector[i] = (int32_t)(next_random() & 7) - 3;
  for (int row = 0; row < SIZE; row++) {
    image[row] = 0;
    for (int i = 0; i < SIZE; i++) image[row] += right[row][i] * vector[i];
  }
  for (int row = 0; row < SIZE; row++) {
    int32_t difference = 0;
    for (int i = 0; i < SIZE; i++)
      difference += left[row][i] * image[i] - product[row][i] * vector[i];
    if (difference != 0) return false;
  }
  *result = bits;
  return true;
}

// ---------------------------------------------------------------------------------------------
// machine
// ---------------------------------------------------------------------------------------------

enum state {
  START,
  SIGN,
  INTEGER,
  POINT,
  FRACTION,
  EXPONENT,
  EXPONENT_SIGN,
  POWER,
  INVALID,
  STATES
};

static enum state step(enum state state, char symbol) {
  bool digit = symbol >= '0' && symbol <= '9';
  bool sign = symbol == '+' || symbol == '-';
  switch (state) {
    case START: return digit ? INTEGER : sign ? SIGN : symbol == '.' ? POINT : INVALID;
    case SIGN: return digit ? INTEGER : symbol == '.' ? POINT : INVALID;
    case INTEGER:
      return digit ? INTEGER : symbol == '.' ? FRACTION : symbol == 'e' ? EXPONENT : INVALID;
    case POINT: return digit ? FRACTION : INVALID;
    case FRACTION: return digit ? FRACTION : symbol == 'e' ? EXPONENT : INVALID;
    case EXPONENT: return digit ? POWER : sign ? EXPONENT_SIGN : INVALID;
    case EXPONENT_SIGN: return digit ? POWER : INVALID;
    case POWER: return digit ? POWER : INVALID;
    default: return INVALID;
  }
}

// Writes one number, of which about every eighth is spoilt. Returns whether it is well formed.
static bool generate(char *text) {
  static const char *const forms[] = {"7",  "+12",    "-305.", "0.25",
                                      ".5", "+1.5e3", "2e-10", "-9.75e+22"};
  static const char *const spoilt[] = {"", "+", "1..2", "e5", "1e", "3e+", "12a", "-.e1"};
  uint32_t random = next_random();
  bool good = random % 8 != 0;
  strcpy(text, (good ? forms : spoilt)[random / 8 % 8]);
  return good;
}

static bool machine(uint32_t *result) {
  uint32_t ends[STATES] = {0};
  uint32_t transitions = 0;
  for (int i = 0; i < 200; i++) {
    char text[16];
    bool good = generate(text);
    enum state state = START;
    for (const char *symbol = text; *symbol != 0; symbol++) {
      enum state next = step(state, *symbol);
      transitions += next != state;
      state = next;
    }
    if (good != (state == INTEGER || state == FRACTION || state == POWER)) return false;
    ends[state]++;
  }
  uint32_t hash = transitions;
  for (int i = 0; i < STATES; i++) hash = hash * 131 + ends[i];
  *result = hash;
  return true;
}

// ---------------------------------------------------------------------------------------------

static bool iterate(uint32_t iteration, uint32_t *checksum) {
  uint32_t list_result, matrix_result, machine_result;
  random_state = iteration * 2654435761u + 1;
  if (!list(&list_result) || !matrix(&matrix_result) || !machine(&machine_result)) return false;
  *checksum = crc32_of(*checksum, list_result);
  *checksum = crc32_of(*checksum, matrix_result);
  *checksum = crc32_of(*checksum, machine_result);
  *checksum = crc32(*checksum, left, sizeof left);
  return true;
}

int main(int count, char **arguments) {
  uint32_t iterations = DEFAULT_ITERATIONS;
  bool rate = false;
  for (int i = 1; i < count; i++) {
    char *end;
    unsigned long value = strtoul(arguments[i], &end, 10);
    if (strcmp(arguments[i], "--rate") == 0) {
      rate = true;
    } else if (*arguments[i] >= '0' && *arguments[i] <= '9' && *end == 0 && value > 0 &&
               value <= UINT32_MAX) {
      iterations = (uint32_t)value;
    } else {
      fprintf(stderr, "usage: compute [ITERATIONS] [--rate]\n");
      return EXIT_USAGE;
    }
  }
  if (crc32(0, "123456789", 9) != 0xcbf43926u) {  // the published check value
    printf("compute: WRONG crc\n");
    return 1;
  }
  struct timespec start, stop;
  clock_gettime(CLOCK_MONOTONIC, &start);
  uint32_t checksum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    if (!iterate(i, &checksum)) {
      printf("compute: WRONG in iteration %u\n", i);
      return 1;
    }
  }
  clock_gettime(CLOCK_MONOTONIC, &stop);
  bool right = iterations != DEFAULT_ITERATIONS || checksum == EXPECTED_CHECKSUM;
  printf("compute: %u iterations, checksum %08x, %s\n", iterations, checksum,
         right ? "right" : "WRONG");
  if (rate) {
    double seconds =
        (double)(stop.tv_sec - start.tv_sec) + (double)(stop.tv_nsec - start.tv_nsec) / 1e9;
    printf("compute: %.1f iterations/s\n", iterations / seconds);
  }
  return right ? 0 : 1;
}
