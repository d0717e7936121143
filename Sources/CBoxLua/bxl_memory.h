// A state's memory (bxl_memory.c).
#ifndef BXL_MEMORY_H
#define BXL_MEMORY_H

#include "bxl.h"

/// Lua's allocator (Lua 5.4 Reference Manual, `lua_Alloc`) over a state, its `context`.
void *bxl_allocate(void *context, void *block, size_t old_size, size_t new_size);

/// Gives the pool all that the state has drawn: its Lua is closed.
void bxl_return_drawn(bxl_state *state);

#endif
