// A state's memory (bxl_memory.c).
#ifndef BXL_MEMORY_H
#define BXL_MEMORY_H

#include "bxl.h"

/// Lua's allocator (Lua 5.4 Reference Manual, `lua_Alloc`) over a state, its `context`.
void *bxl_allocate(void *context, void *block, size_t old_size, size_t new_size);

/// Counts memory outside Lua among the script's. False, and nothing counted, where its limit or the pool does not allow
/// it; a garbage collection may change that. Never raises.
bool bxl_charge(bxl_state *state, size_t bytes);
void bxl_discharge(bxl_state *state, size_t bytes);

/// Gives the pool all that the state has drawn: its Lua is closed.
void bxl_return_drawn(bxl_state *state);

#endif
