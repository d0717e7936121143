// Included before every file under test: makes each step count as one tick, so that a budget of n ticks ends a call at
// its step n + 1, in every run alike.
#ifndef COUNTED_STEPS_H
#define COUNTED_STEPS_H

#include "bxl.h"

static inline void bxl_counted_step(lua_State *L) {
  bxl_ticks++;
  bxl_step(L);
}
#define bxl_step bxl_counted_step

#endif
