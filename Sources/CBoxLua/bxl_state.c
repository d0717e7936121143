// A state: its life, and what crosses the bridge with it.
#include "bxl_memory.h"

#include <stdlib.h>

/// Unreachable while every entry is protected; if it is reached the process must not go on.
static int panic(lua_State *L) {
  (void)L;
  abort();
}

static int open_libraries(lua_State *L) {
  lua_newtable(L);
  lua_setfield(L, LUA_REGISTRYINDEX, BXL_HOST_TABLE);
  lua_newtable(L);
  lua_setfield(L, LUA_REGISTRYINDEX, BXL_BOX_TABLE);
  bxl_open_secrets(L);
  bxl_open_events(L);
  lua_pushglobaltable(L);
  bxl_set_base(L);
  return 0;
}

bxl_state *bxl_open(size_t memory, bxl_pool *pool, bxl_host host, void *context) {
  bxl_state *state = calloc(1, sizeof *state);
  if (state == NULL) return NULL;
  state->limit = memory;
  state->pool = pool;
  state->host = host;
  state->context = context;
  state->globals_open = true;
  state->L = lua_newstate(bxl_allocate, state);
  if (state->L == NULL) {
    bxl_return_drawn(state);
    bxl_release_kept(state);
    free(state);
    return NULL;
  }
  lua_atpanic(state->L, panic);
  *(bxl_state **)lua_getextraspace(state->L) = state;
  if (bxl_protect(state, open_libraries, NULL) != BXL_OK) {
    bxl_close(state);
    return NULL;
  }
  return state;
}

void bxl_set_context(bxl_state *state, void *context) { state->context = context; }

void bxl_close(bxl_state *state) {
  if (state == NULL) return;
  bxl_forget_calls(state);
  lua_close(state->L);
  bxl_return_drawn(state);
  bxl_release_kept(state);
  if (state->event_page != NULL) bxl_page_release(state->event_page);
  bxl_buffer_free(&state->event_stream);
  bxl_buffer_free(&state->arguments);
  bxl_buffer_free(&state->reply);
  bxl_buffer_free(&state->results);
  bxl_buffer_free(&state->message);
  bxl_buffer_free(&state->location);
  bxl_buffer_free(&state->traceback);
  free(state);
}

static void tell(bxl_state *state, const char *message) {
  state->message.length = 0;
  bxl_buffer_append(&state->message, message, strlen(message));
  state->location.length = 0;
  state->traceback.length = 0;
}

static int call_body(lua_State *L) {
  lua_CFunction body = *(lua_CFunction *)lua_touserdata(L, 1);
  lua_remove(L, 1);
  return body(L);
}

bxl_status bxl_protect(bxl_state *state, lua_CFunction body, void *argument) {
  lua_State *L = state->L;
  bool was_in_script = state->in_script;
  state->in_script = false;
  // Neither push allocates: a light C function and two light userdata on a stack that has room for them.
  lua_pushcfunction(L, call_body);
  lua_pushlightuserdata(L, &body);
  lua_pushlightuserdata(L, argument);
  int status = lua_pcall(L, 2, 0, 0);
  state->in_script = was_in_script;
  if (status == LUA_OK) return BXL_OK;
  const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "an error that is no text";
  tell(state, status == LUA_ERRMEM ? "not enough memory" : text);
  lua_pop(L, 1);
  return status == LUA_ERRMEM ? BXL_MEMORY : BXL_INTERNAL;
}

size_t bxl_memory(const bxl_state *state) { return state->used; }

static int collect(lua_State *L) {
  lua_gc(L, LUA_GCCOLLECT);
  return 0;
}

void bxl_collect(bxl_state *state) {
  bxl_protect(state, collect, NULL);
  bxl_release_kept(state);
}

void bxl_fail_allocation(bxl_state *state, uint64_t n) {
  state->allocations = 0;
  state->fail_at = n;
}

bxl_bytes bxl_results(const bxl_state *state) { return (bxl_bytes){state->results.bytes, state->results.length}; }
bxl_bytes bxl_error_message(const bxl_state *state) { return (bxl_bytes){state->message.bytes, state->message.length}; }
bxl_bytes bxl_error_location(const bxl_state *state) {
  return (bxl_bytes){state->location.bytes, state->location.length};
}
bxl_bytes bxl_error_traceback(const bxl_state *state) {
  return (bxl_bytes){state->traceback.bytes, state->traceback.length};
}

void bxl_reply(bxl_state *state, const void *bytes, size_t length) {
  bxl_buffer_reset(&state->reply);
  // A reply that does not fit reads as none; the host's limits are far below BXL_MAX_CROSSING.
  bxl_buffer_append(&state->reply, bytes, length);
}

void bxl_allow_globals(bxl_state *state, bool allowed) { state->globals_open = allowed; }
