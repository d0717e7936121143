// Holds `string` and `table` of the sandbox against Lua's own, and ends them at every step and every allocation.
//
//   strings_test [COUNT]     COUNT random patterns, 100000 by default; Tests/CBoxLua/run-strings builds and runs it
//
// The scripts in strings/ do the comparing. They see `ours` and `stock` (each with `string` and `table`), `count`, and
// the functions below. The last line printed is "N passed, N failed".
#include "counted_steps.h"

#include <stdlib.h>

#define MEMORY_LIMIT ((size_t)64 << 20)
#define MOST_PRINTED 20

_Thread_local volatile sig_atomic_t bxl_ticks;

static size_t used;
/// The allocation with this number fails; 0 = none.
static long fail_at;
static long passed;
static long failed;

int bxl_kill(lua_State *L) {
  bxl_of(L)->killed = true;
  if (lua_isyieldable(L)) return lua_yield(L, 0);
  return luaL_error(L, "out of CPU time");
}

static void *allocate(void *context, void *block, size_t old_size, size_t new_size) {
  (void)context;
  if (block == NULL) old_size = 0;
  if (new_size > old_size) {
    if (used + new_size - old_size > MEMORY_LIMIT) return NULL;
    if (fail_at != 0 && --fail_at == 0) return NULL;
  }
  used = used - old_size + new_size;
  if (new_size == 0) {
    free(block);
    return NULL;
  }
  return realloc(block, new_size);
}

// ---- What the scripts call ------------------------------------------------------------------------------------------

/// `check(is_right, text)`
static int check(lua_State *L) {
  if (lua_toboolean(L, 1)) {
    passed++;
  } else if (failed++ < MOST_PRINTED) {
    fprintf(stderr, "FAILED: %.1000s\n", luaL_tolstring(L, 2, NULL));
  }
  return 0;
}

static void begin(lua_State *L, lua_Integer steps) {
  bxl_state *state = bxl_of(L);
  state->in_script = true;
  state->killed = false;
  state->start_ticks = (uint32_t)bxl_ticks;
  state->budget_ticks = (uint32_t)steps;
}

static bool end(lua_State *L) {
  bxl_state *state = bxl_of(L);
  bool is_spent = state->killed;
  state->in_script = state->killed = false;
  return is_spent;
}

/// `limited(steps, f, …)` → whether the steps were spent, and what pcall returns
static int limited(lua_State *L) {
  lua_Integer steps = luaL_checkinteger(L, 1);
  begin(L, steps);
  int status = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 0);
  bool is_spent = end(L);
  lua_pushboolean(L, is_spent);
  lua_replace(L, 1);
  lua_pushboolean(L, status == LUA_OK);
  lua_insert(L, 2);
  return lua_gettop(L);
}

/// `abandoned(steps, f, …)` → whether the steps were spent. In a coroutine, where the kill yields for good; inside a
/// callback, which cannot yield, it raises there too.
static int abandoned(lua_State *L) {
  lua_Integer steps = luaL_checkinteger(L, 1);
  int arguments = lua_gettop(L) - 2;
  lua_State *thread = lua_newthread(L);
  lua_insert(L, 2);
  lua_xmove(L, thread, arguments + 1);
  int results;
  begin(L, steps);
  int status = lua_resume(thread, L, arguments, &results);
  bool is_spent = end(L);
  if (is_spent && status == LUA_OK) return luaL_error(L, "a killed coroutine went on");
  lua_resetthread(thread);
  lua_pushboolean(L, is_spent);
  return 1;
}

/// `starved(n, f)` → false where the n-th allocation of the call failed and with it the call
static int starved(lua_State *L) {
  lua_Integer n = luaL_checkinteger(L, 1);
  lua_gc(L, LUA_GCCOLLECT);
  fail_at = (long)n;
  int status = lua_pcall(L, 0, 0, 0);
  bool is_starved = fail_at == 0;
  fail_at = 0;
  if (!is_starved && status != LUA_OK) return lua_error(L);
  lua_pushboolean(L, !is_starved);
  return 1;
}

/// `userdata(metatable)`
static int userdata(lua_State *L) {
  lua_newuserdatauv(L, 1, 0);
  lua_pushvalue(L, 1);
  lua_setmetatable(L, -2);
  return 1;
}

// ---- The scripts ----------------------------------------------------------------------------------------------------

static void set_libraries(lua_State *L, const char *name, lua_CFunction string, lua_CFunction table) {
  lua_newtable(L);
  lua_pushcfunction(L, string);
  lua_call(L, 0, 1);
  lua_setfield(L, -2, "string");
  lua_pushcfunction(L, table);
  lua_call(L, 0, 1);
  lua_setfield(L, -2, "table");
  lua_setglobal(L, name);
}

static int open_all(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"check", check},       {"limited", limited},   {"abandoned", abandoned},
      {"starved", starved},   {"userdata", userdata}, {NULL, NULL},
  };
  luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
  luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
  lua_pushglobaltable(L);
  luaL_setfuncs(L, functions, 0);
  set_libraries(L, "stock", luaopen_string, luaopen_table);
  set_libraries(L, "ours", bxl_open_string, bxl_open_table);
  return 0;
}

static int traceback(lua_State *L) {
  luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
  return 1;
}

static void run(lua_State *L, const char *script) {
  char path[1024];
  const char *slash = strrchr(__FILE__, '/');
  snprintf(path, sizeof path, "%.*sstrings/%s", slash == NULL ? 0 : (int)(slash - __FILE__ + 1), __FILE__, script);
  lua_settop(L, 0);
  lua_pushcfunction(L, traceback);
  if (luaL_loadfile(L, path) != LUA_OK || lua_pcall(L, 0, 0, 1) != LUA_OK) {
    failed++;
    fprintf(stderr, "FAILED: %s\n", lua_tostring(L, -1));
  }
}

int main(int argument_count, char **arguments) {
  static const char *const scripts[] = {"library.lua", "patterns.lua", "tables.lua", "hostile.lua", "endings.lua"};
  long count = argument_count > 1 ? strtol(arguments[1], NULL, 10) : 100000;
  bxl_state state = {0};
  state.L = lua_newstate(allocate, NULL);
  if (state.L == NULL) return 1;
  *(bxl_state **)lua_getextraspace(state.L) = &state;
  lua_pushcfunction(state.L, open_all);
  if (lua_pcall(state.L, 0, 0, 0) != LUA_OK) return 1;
  lua_pushinteger(state.L, count);
  lua_setglobal(state.L, "count");
  for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) run(state.L, scripts[i]);
  lua_close(state.L);
  if (used != 0) {
    failed++;
    fprintf(stderr, "FAILED: %zu bytes were not given back\n", used);
  }
  printf("%ld passed, %ld failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
