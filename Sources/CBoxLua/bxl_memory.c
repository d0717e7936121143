// A state's memory: its limit, its share of the pool, and a few freed blocks that are kept for the next allocation.
#include "bxl_memory.h"

#include <stdlib.h>

/// What the host may take beyond the script's limit, so that the end of a script that filled its memory can be told.
#define HEADROOM ((size_t)1 << 20)

/// States draw from their pool in steps, so that threads seldom meet there.
#define POOL_STEP ((size_t)64 << 10)

// Kept blocks would hide from AddressSanitizer that they are used after they were freed.
#if defined(__SANITIZE_ADDRESS__)
#define KEPT_BYTES ((size_t)0)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KEPT_BYTES ((size_t)0)
#endif
#endif
#ifndef KEPT_BYTES
/// What a state keeps of what was freed. Lua frees the garbage of thousands of events at one time and asks for the same
/// sizes right afterwards.
#define KEPT_BYTES ((size_t)256 << 10)
#endif

struct bxl_pool {
  _Atomic size_t used;
  size_t limit;
};

bxl_pool *bxl_pool_make(size_t limit) {
  bxl_pool *pool = malloc(sizeof *pool);
  if (pool == NULL) return NULL;
  atomic_init(&pool->used, 0);
  pool->limit = limit;
  return pool;
}

void bxl_pool_free(bxl_pool *pool) { free(pool); }

size_t bxl_pool_used(const bxl_pool *pool) { return atomic_load_explicit(&pool->used, memory_order_relaxed); }

/// Draws so that `needed` bytes are the state's. False when the pool is empty: the host's own work goes on, so that it
/// can be told.
static bool draw(bxl_state *state, size_t needed) {
  size_t more = (needed - state->drawn + POOL_STEP - 1) / POOL_STEP * POOL_STEP;
  size_t used = atomic_fetch_add_explicit(&state->pool->used, more, memory_order_relaxed);
  if (state->in_script && used + more > state->pool->limit) {
    atomic_fetch_sub_explicit(&state->pool->used, more, memory_order_relaxed);
    return false;
  }
  state->drawn += more;
  return true;
}

static void give_back(bxl_state *state) {
  size_t surplus = (state->drawn - state->used) / POOL_STEP * POOL_STEP;
  state->drawn -= surplus;
  atomic_fetch_sub_explicit(&state->pool->used, surplus, memory_order_relaxed);
}

/// The class of a small block: all of a class have the same room, so that one can stand for another.
static size_t class_of(size_t size) { return (size - 1) / BXL_BLOCK_STEP; }

static bool is_small(size_t size) { return size - 1 < BXL_BLOCK_CLASSES * BXL_BLOCK_STEP; }

static void *take_block(bxl_state *state, size_t size) {
  if (!is_small(size)) return malloc(size);
  size_t class = class_of(size), room = (class + 1) * BXL_BLOCK_STEP;
  struct bxl_block *block = state->kept[class];
  if (block == NULL) return malloc(room);
  state->kept[class] = block->next;
  state->kept_bytes -= room;
  return block;
}

static void free_block(bxl_state *state, void *pointer, size_t size) {
  if (is_small(size)) {
    size_t class = class_of(size), room = (class + 1) * BXL_BLOCK_STEP;
    if (state->kept_bytes + room <= KEPT_BYTES) {
      struct bxl_block *block = pointer;
      block->next = state->kept[class];
      state->kept[class] = block;
      state->kept_bytes += room;
      return;
    }
  }
  free(pointer);
}

static void *move_block(bxl_state *state, void *block, size_t old_size, size_t new_size) {
  if (!is_small(old_size) && !is_small(new_size)) return realloc(block, new_size);
  if (is_small(old_size) && is_small(new_size) && class_of(old_size) == class_of(new_size)) return block;
  void *moved = take_block(state, new_size);
  if (moved == NULL) return NULL;
  memcpy(moved, block, old_size < new_size ? old_size : new_size);
  free_block(state, block, old_size);
  return moved;
}

/// Whether `more` bytes may be the state's: within its limit, and drawn from the pool.
static bool is_allowed(bxl_state *state, size_t more) {
  size_t limit = state->in_script ? state->limit : state->limit + HEADROOM;
  size_t needed = state->used + more;
  if (needed > limit) return false;
  return state->pool == NULL || needed <= state->drawn || draw(state, needed);
}

bool bxl_charge(bxl_state *state, size_t bytes) {
  if (!is_allowed(state, bytes)) return false;
  state->used += bytes;
  return true;
}

void bxl_discharge(bxl_state *state, size_t bytes) {
  state->used -= bytes;
  if (state->pool != NULL && state->drawn - state->used > 4 * POOL_STEP) give_back(state);
}

void *bxl_allocate(void *context, void *block, size_t old_size, size_t new_size) {
  bxl_state *state = context;
  // Without a block the old size is the kind of what is made; Lua has no block of no size.
  if (block == NULL) old_size = 0;
  if (new_size == 0) {
    if (block == NULL) return NULL;
    free_block(state, block, old_size);
    bxl_discharge(state, old_size);
    return NULL;
  }
  if (new_size > old_size) {
    if (!is_allowed(state, new_size - old_size)) return NULL;
    if (state->fail_at != 0 && ++state->allocations >= state->fail_at) return NULL;
  }
  void *moved = block == NULL ? take_block(state, new_size) : move_block(state, block, old_size, new_size);
  if (moved == NULL) {
    // Lua relies on it that shrinking never fails.
    if (new_size > old_size) return NULL;
    moved = block;
  }
  state->used += new_size - old_size;
  return moved;
}

void bxl_release_kept(bxl_state *state) {
  for (size_t class = 0; class < BXL_BLOCK_CLASSES; class++) {
    while (state->kept[class] != NULL) {
      struct bxl_block *block = state->kept[class];
      state->kept[class] = block->next;
      free(block);
    }
  }
  state->kept_bytes = 0;
}

size_t bxl_kept_memory(const bxl_state *state) { return state->kept_bytes; }

void bxl_return_drawn(bxl_state *state) {
  if (state->pool != NULL) atomic_fetch_sub_explicit(&state->pool->used, state->drawn, memory_order_relaxed);
  state->drawn = 0;
}
