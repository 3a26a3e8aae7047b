#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "CCurl.h"

// Every lane of a thread ends and begins its stream in the same turn, so the lists that glibc keeps for a thread, seven blocks
// each, run over at the eighth lane. These do not, and reach up to libcurl's buffers (Docs/decisions/028).

enum {
  granule = 64,
  small_kinds = 32,  // up to 2 KiB, one for each granule
  large_kinds = 5,   // 4, 8, 16, 32 and 64 KiB, each with the few bytes that libcurl adds
  kinds = small_kinds + large_kinds,
  least_large = 4096,
  added = 256,
};

/// Stands before each block's bytes, and leaves them aligned as malloc does.
typedef struct block {
  uint32_t kind;
  uint32_t size;
  struct block *next;
} block;

_Static_assert(sizeof(block) % 16 == 0, "bytes behind it would lose their alignment");

typedef struct {
  block *blocks[kinds];
  size_t bytes;
  bool ends;
} shelf;

static _Thread_local shelf kept;

// MARK: - The end of a thread

static pthread_key_t end_of_thread;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool hears_ends;

static void clear(void *of_thread) {
  shelf *own = of_thread;
  for (int kind = 0; kind < kinds; kind++) {
    while (own->blocks[kind] != NULL) {
      block *next = own->blocks[kind]->next;
      free(own->blocks[kind]);
      own->blocks[kind] = next;
    }
  }
  own->bytes = 0;
  own->ends = false;
}

static void make_key(void) { hears_ends = pthread_key_create(&end_of_thread, clear) == 0; }

/// False where the blocks would outlive their thread: then none is kept.
static bool is_cleared_at_end(void) {
  if (kept.ends) return true;
  pthread_once(&once, make_key);
  kept.ends = hears_ends && pthread_setspecific(end_of_thread, &kept) == 0;
  return kept.ends;
}

// MARK: - Blocks

/// The kind of block for so many bytes, and how many it has; `kinds` for what is never kept.
static uint32_t kind_of(size_t size, size_t *whole) {
  if (size <= (size_t)small_kinds * granule) {
    uint32_t kind = size == 0 ? 0 : (uint32_t)((size - 1) / granule);
    *whole = (size_t)(kind + 1) * granule;
    return kind;
  }
  size_t bytes = least_large;
  for (uint32_t kind = small_kinds; kind < kinds; kind++, bytes *= 2) {
    if (size > bytes + added) continue;
    *whole = bytes + added;
    return kind;
  }
  *whole = size;
  return kinds;
}

void *ccurl_memory_take(size_t size) {
  size_t whole;
  uint32_t kind = kind_of(size, &whole);
  if (kind < kinds && kept.blocks[kind] != NULL) {
    block *found = kept.blocks[kind];
    kept.blocks[kind] = found->next;
    kept.bytes -= whole;
    return found + 1;
  }
  if (whole > UINT32_MAX - sizeof(block)) return NULL;
  block *made = malloc(sizeof(block) + whole);
  if (made == NULL) return NULL;
  made->kind = kind;
  made->size = (uint32_t)whole;
  return made + 1;
}

void ccurl_memory_give(void *bytes) {
  if (bytes == NULL) return;
  block *back = (block *)bytes - 1;
  if (back->kind >= kinds || kept.bytes + back->size > CCURL_MEMORY_KEPT || !is_cleared_at_end()) {
    free(back);
    return;
  }
  back->next = kept.blocks[back->kind];
  kept.blocks[back->kind] = back;
  kept.bytes += back->size;
}

void *ccurl_memory_grow(void *bytes, size_t size) {
  if (bytes == NULL) return ccurl_memory_take(size);
  size_t old = ((block *)bytes - 1)->size;
  if (size <= old) return bytes;
  void *larger = ccurl_memory_take(size);
  if (larger == NULL) return NULL;
  memcpy(larger, bytes, old);
  ccurl_memory_give(bytes);
  return larger;
}

void *ccurl_memory_take_zeroed(size_t count, size_t each) {
  size_t size;
  if (__builtin_mul_overflow(count, each, &size)) return NULL;
  void *bytes = ccurl_memory_take(size);
  if (bytes != NULL) memset(bytes, 0, size);
  return bytes;
}

size_t ccurl_memory_kept(void) { return kept.bytes; }

static char *copied(const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = ccurl_memory_take(size);
  if (copy != NULL) memcpy(copy, text, size);
  return copy;
}

CURLcode ccurl_global_init(void) {
  return curl_global_init_mem(
      CURL_GLOBAL_DEFAULT, ccurl_memory_take, ccurl_memory_give, ccurl_memory_grow, copied, ccurl_memory_take_zeroed);
}
