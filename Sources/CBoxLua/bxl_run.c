// Calls of Lua functions, each in a coroutine of its own: started, waiting, gone on with, dropped.
//
// A call that is out of time is a coroutine that has yielded and is never resumed. One that failed keeps its stack, so
// its traceback is read after the fact; no message handler runs while the script is in trouble.
#include "bxl_event.h"

#include <stdlib.h>

/// The most values that a function may return to the host.
#define MOST_RESULTS 16

/// What is told of a failure, in bytes: it goes to the log and to the ledger with every event.
#define LONGEST_MESSAGE ((size_t)8 << 10)
#define LONGEST_TRACEBACK ((size_t)32 << 10)

/// A call that waits: its coroutine, anchored in the registry under the number that names it.
struct bxl_waiting {
  struct bxl_waiting *next;
  lua_State *thread;
  bxl_call call;
  uint32_t used_ticks;
  uint32_t budget_ticks;
};

struct start {
  int64_t function;
  bool with_event;
  bxl_bytes arguments;
  lua_State *thread;
  int reference;
  int count;
};

static uint32_t ticks_of(uint32_t milliseconds) {
  uint32_t ticks = milliseconds / BXL_TICK_MILLISECONDS;
  return ticks == 0 ? 1 : ticks;
}

static void set_text(bxl_buffer *buffer, const char *text, size_t length) {
  bxl_buffer_reset(buffer);
  bxl_buffer_append(buffer, text, length);
}

/// Sets the text's first `most` bytes, whole characters of UTF-8, and marks what is cut.
static void set_text_cut(bxl_buffer *buffer, const char *text, size_t length, size_t most) {
  static const char mark[] = "… (cut)";
  if (length <= most) {
    set_text(buffer, text, length);
    return;
  }
  size_t kept = most;
  for (int back = 0; back < 3 && ((unsigned char)text[kept] & 0xC0) == 0x80; back++) kept--;
  set_text(buffer, text, kept);
  bxl_buffer_append(buffer, mark, sizeof mark - 1);
}

// ---- Failures -------------------------------------------------------------------------------------------------------

/// The innermost line of the script in a thread, as `file:line`. Returns its length, 0 where there is none.
int bxl_script_line(lua_State *thread, char *into, size_t room) {
  lua_Debug record;
  for (int level = 0; lua_getstack(thread, level, &record); level++) {
    lua_getinfo(thread, "Sl", &record);
    // Text that was loaded has no file: the line that runs it counts.
    if (record.currentline <= 0 || record.source[0] != '@') continue;
    int length = snprintf(into, room, "%s:%d", record.source + 1, record.currentline);
    return length < 0 ? 0 : length < (int)room ? length : (int)room - 1;
  }
  return 0;
}

void bxl_where(lua_State *L) {
  char line[1024];
  int length = bxl_script_line(L, line, sizeof line);
  if (length == 0) {
    lua_pushliteral(L, "");
  } else {
    lua_pushfstring(L, "%s: ", line);
  }
}

/// The text of an error object. Calls nothing of the script's: a `__tostring` may be part of the attack.
static void read_message(bxl_state *state, lua_State *thread) {
  size_t length;
  const char *text;
  switch (lua_type(thread, -1)) {
    case LUA_TSTRING:
      text = lua_tolstring(thread, -1, &length);
      set_text_cut(&state->message, text, length, LONGEST_MESSAGE);
      return;
    case LUA_TTABLE:
      lua_pushliteral(thread, "message");
      lua_rawget(thread, -2);
      if (lua_type(thread, -1) == LUA_TSTRING) {
        text = lua_tolstring(thread, -1, &length);
        set_text_cut(&state->message, text, length, LONGEST_MESSAGE);
        lua_pop(thread, 1);
        return;
      }
      lua_pop(thread, 1);
      break;
    default: break;
  }
  char described[96];
  if (lua_isinteger(thread, -1)) {
    snprintf(described, sizeof described, "the error is the number %lld", (long long)lua_tointeger(thread, -1));
  } else if (lua_isnumber(thread, -1)) {
    snprintf(described, sizeof described, "the error is the number %.14g", lua_tonumber(thread, -1));
  } else if (lua_isboolean(thread, -1)) {
    snprintf(described, sizeof described, "the error is %s", lua_toboolean(thread, -1) ? "true" : "false");
  } else if (lua_isnil(thread, -1)) {
    snprintf(described, sizeof described, "the error is nil");
  } else {
    snprintf(described, sizeof described, "the error is a %s without a message", luaL_typename(thread, -1));
  }
  set_text(&state->message, described, strlen(described));
}

struct failure {
  lua_State *thread;
  bool has_object;
};

static int describe(lua_State *L) {
  struct failure *failure = lua_touserdata(L, 1);
  bxl_state *state = bxl_of(L);
  char line[1024];
  int length = bxl_script_line(failure->thread, line, sizeof line);
  set_text(&state->location, line, (size_t)length);
  if (failure->has_object && lua_checkstack(failure->thread, 4)) read_message(state, failure->thread);
  luaL_traceback(L, failure->thread, NULL, 0);
  size_t size;
  const char *text = lua_tolstring(L, -1, &size);
  set_text_cut(&state->traceback, text, size, LONGEST_TRACEBACK);
  return 0;
}

static int read_top(lua_State *L) {
  lua_State *thread = lua_touserdata(L, 1);
  if (lua_gettop(thread) > 0 && lua_checkstack(thread, 4)) read_message(bxl_of(L), thread);
  return 0;
}

/// Runs the `__close` handlers that a failed call left, within what is left of its budget. Here nothing can yield: a
/// handler that runs out of time is ended by an error. An error of theirs takes the place of the first, as in Lua.
static void close_variables(bxl_state *state, lua_State *thread) {
  state->is_closing = true;
  state->in_script = true;
  lua_State *before = bxl_set_running(thread);
  int status = lua_resetthread(thread);
  bxl_set_running(before);
  state->in_script = false;
  state->is_closing = false;
  if (status != LUA_OK && !state->killed) bxl_protect(state, read_top, thread);
}

/// Writes down why a thread ended. The status says whether its error object is on its stack.
static bxl_status tell_failure(bxl_state *state, lua_State *thread, int status) {
  state->message.length = state->location.length = state->traceback.length = 0;
  bxl_status result = status == LUA_ERRMEM ? BXL_MEMORY : BXL_RUNTIME;
  if (state->killed) result = state->cancelled ? BXL_CANCELLED : BXL_TIME;
  struct failure failure = {thread, result == BXL_RUNTIME};
  bool is_told = bxl_protect(state, describe, &failure) == BXL_OK;
  const char *fixed = is_told ? NULL : "the script failed, and there was not enough memory to tell how";
  if (result == BXL_MEMORY) fixed = "not enough memory";
  if (result == BXL_TIME) fixed = "out of CPU time";
  if (result == BXL_CANCELLED) fixed = "cancelled";
  if (result == BXL_RUNTIME) {
    close_variables(state, thread);
    if (state->killed) result = state->cancelled ? BXL_CANCELLED : BXL_TIME;
    if (result == BXL_TIME) fixed = "out of CPU time";
    if (result == BXL_CANCELLED) fixed = "cancelled";
  }
  // Lua's own buffers raise this as an ordinary error.
  if (result == BXL_RUNTIME && state->message.length == 17 && memcmp(state->message.bytes, "not enough memory", 17) == 0) {
    result = BXL_MEMORY;
  }
  if (fixed != NULL) set_text(&state->message, fixed, strlen(fixed));
  state->killed = false;
  return result;
}

// ---- Running --------------------------------------------------------------------------------------------------------

static int unreference(lua_State *L) {
  luaL_unref(L, LUA_REGISTRYINDEX, (int)(intptr_t)lua_touserdata(L, 1));
  return 0;
}

static void release(bxl_state *state, int reference) {
  bxl_protect(state, unreference, (void *)(intptr_t)reference);
}

/// A thread whose function has returned can run the next one.
static void put_back(bxl_state *state, lua_State *thread, int reference) {
  lua_settop(thread, 0);
  if (state->idle == NULL) {
    state->idle = thread;
    state->idle_reference = reference;
  } else {
    release(state, reference);
  }
}

struct results {
  lua_State *thread;
  int count;
};

static int take_results(lua_State *L) {
  struct results *results = lua_touserdata(L, 1);
  bxl_state *state = bxl_of(L);
  lua_settop(L, 0);
  if (results->count > MOST_RESULTS) {
    return luaL_error(L, "a function returned %d values to the host; it takes %d", results->count, MOST_RESULTS);
  }
  luaL_checkstack(L, results->count, NULL);
  lua_xmove(results->thread, L, results->count);
  bxl_encode_values(L, 1, results->count, &state->results);
  return 0;
}

static bxl_status run(bxl_state *state, lua_State *thread, int reference, int count, uint32_t used, uint32_t budget,
                      bxl_call *call) {
  state->killed = false;
  state->cancelled = false;
  state->budget_ticks = budget;
  state->start_ticks = (uint32_t)bxl_ticks - used;
  state->in_script = true;
  bxl_buffer_reset(&state->results);
  lua_State *before = bxl_set_running(thread);
  int result_count = 0;
  int status = lua_resume(thread, state->L, count, &result_count);
  bxl_set_running(before);
  state->in_script = false;
  *call = 0;

  if (status == LUA_YIELD && !state->killed) {
    struct bxl_waiting *waiting = malloc(sizeof *waiting);
    if (waiting == NULL) {
      release(state, reference);
      return BXL_MEMORY;
    }
    uint32_t now = (uint32_t)bxl_ticks - state->start_ticks;
    *waiting = (struct bxl_waiting){state->waiting, thread, (bxl_call)reference, now, budget};
    state->waiting = waiting;
    *call = (bxl_call)reference;
    return BXL_YIELDED;
  }
  if (status == LUA_OK && !state->killed) {
    if (result_count > 0) {
      struct results results = {thread, result_count};
      bxl_status taken = bxl_protect(state, take_results, &results);
      if (taken != BXL_OK) {
        put_back(state, thread, reference);
        return taken == BXL_INTERNAL ? BXL_RUNTIME : taken;
      }
    }
    put_back(state, thread, reference);
    return BXL_OK;
  }
  bxl_status failure = tell_failure(state, thread, status);
  release(state, reference);
  return failure;
}

/// Keeps a value under a reference, which is made where it is 0. [-1, +0], may raise
static void keep(lua_State *L, int *reference) {
  if (*reference == 0) {
    *reference = luaL_ref(L, LUA_REGISTRYINDEX);
  } else {
    lua_rawseti(L, LUA_REGISTRYINDEX, *reference);
  }
}

/// The event's stream as a user value of the event on top: the events of a page share one text. [-0, +0], may raise
static void name_stream(lua_State *L) {
  bxl_state *state = bxl_of(L);
  if (state->event_stream.length == 0) return;
  if (state->stream_is_new) {
    lua_pushlstring(L, state->event_stream.bytes, state->event_stream.length);
    keep(L, &state->stream_reference);
    state->stream_is_new = false;
  }
  lua_rawgeti(L, LUA_REGISTRYINDEX, state->stream_reference);
  lua_setiuservalue(L, -2, BXL_EVENT_STREAM);
}

/// Makes the event that was set, where no call has had it yet. [-0, +0], may raise
static void make_event(lua_State *L) {
  bxl_state *state = bxl_of(L);
  if (!state->event_is_new) return;
  bxl_set_current_page(L, state->event_page);
  bxl_push_event(L, state->event_page, state->event_index, &state->event_info);
  name_stream(L);
  keep(L, &state->event_reference);
  state->event_is_new = false;
}

static int prepare(lua_State *L) {
  struct start *start = lua_touserdata(L, 1);
  bxl_state *state = bxl_of(L);
  lua_settop(L, 0);
  if (lua_rawgeti(L, LUA_REGISTRYINDEX, (lua_Integer)start->function) != LUA_TFUNCTION) {
    return luaL_error(L, "there is no function %d", (int)start->function);
  }
  if (start->with_event) {
    make_event(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, state->event_reference);
  }
  bxl_decode_values(L, start->arguments.bytes, start->arguments.length);
  int count = lua_gettop(L);
  if (state->idle == NULL) {
    state->idle = lua_newthread(L);
    state->idle_reference = LUA_NOREF;
    lua_State *thread = state->idle;
    state->idle = NULL;
    int reference = luaL_ref(L, LUA_REGISTRYINDEX);
    state->idle = thread;
    state->idle_reference = reference;
  }
  if (!lua_checkstack(state->idle, count)) return luaL_error(L, "too many arguments");
  lua_xmove(L, state->idle, count);
  start->thread = state->idle;
  start->reference = state->idle_reference;
  start->count = count - 1;
  state->idle = NULL;
  return 0;
}

bool bxl_set_event(bxl_state *state, bxl_page *page, uint32_t index, const bxl_event_info *info) {
  bxl_buffer *stream = &state->event_stream;
  bool is_empty = info->stream.length == 0;
  if (is_empty) bxl_buffer_reset(stream);
  if (!is_empty && (stream->length != info->stream.length || memcmp(stream->bytes, info->stream.bytes, stream->length) != 0)) {
    bxl_buffer_reset(stream);
    state->stream_is_new = true;
    if (!bxl_buffer_append(stream, info->stream.bytes, info->stream.length)) return false;
  }
  if (state->event_page != page) {
    bxl_page_retain(page);
    if (state->event_page != NULL) bxl_page_release(state->event_page);
    state->event_page = page;
  }
  state->event_index = index;
  // The stream has its own way (`name_stream`).
  state->event_info = *info;
  state->event_info.stream = (bxl_bytes){NULL, 0};
  state->event_is_new = true;
  return true;
}

bxl_status bxl_start(bxl_state *state, int64_t function, bool with_event, bxl_bytes arguments, uint32_t milliseconds,
                     bxl_call *call) {
  struct start start = {.function = function, .with_event = with_event, .arguments = arguments};
  *call = 0;
  bxl_status status = bxl_protect(state, prepare, &start);
  if (status != BXL_OK) return status;
  return run(state, start.thread, start.reference, start.count, 0, ticks_of(milliseconds), call);
}

static struct bxl_waiting *take(bxl_state *state, bxl_call call) {
  for (struct bxl_waiting **link = &state->waiting; *link != NULL; link = &(*link)->next) {
    if ((*link)->call == call) {
      struct bxl_waiting *found = *link;
      *link = found->next;
      return found;
    }
  }
  return NULL;
}

bxl_status bxl_resume(bxl_state *state, bxl_call *call, bxl_answer answer, bxl_bytes reply) {
  struct bxl_waiting *waiting = take(state, *call);
  if (waiting == NULL) return BXL_INTERNAL;
  struct bxl_waiting found = *waiting;
  free(waiting);
  bxl_reply(state, reply.bytes, reply.length);
  state->resume_answer = answer;
  return run(state, found.thread, (int)found.call, 0, found.used_ticks, found.budget_ticks, call);
}

void bxl_drop(bxl_state *state, bxl_call call) {
  struct bxl_waiting *waiting = take(state, call);
  if (waiting == NULL) return;
  state->location.length = state->traceback.length = 0;
  struct failure failure = {waiting->thread, false};
  bxl_protect(state, describe, &failure);
  release(state, (int)waiting->call);
  free(waiting);
}

void bxl_forget_calls(bxl_state *state) {
  while (state->waiting != NULL) {
    struct bxl_waiting *next = state->waiting->next;
    free(state->waiting);
    state->waiting = next;
  }
}

// ---- Chunks ---------------------------------------------------------------------------------------------------------

struct chunk {
  const char *text;
  size_t length;
  const char *name;
  int64_t function;
  int status;
};

static int load(lua_State *L) {
  struct chunk *chunk = lua_touserdata(L, 1);
  bxl_state *state = bxl_of(L);
  lua_pushfstring(L, "@%s", chunk->name);
  const char *text = chunk->text;
  size_t length = chunk->length;
  // As in `lua` itself an editor may have marked the text as UTF-8, and the first line may name an interpreter.
  if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) text += 3, length -= 3;
  if (length > 0 && text[0] == '#') {
    while (length > 0 && *text != '\n') text++, length--;
  }
  chunk->status = bxl_compile(L, text, length, lua_tostring(L, -1));
  if (chunk->status == LUA_OK) {
    chunk->function = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
  }
  size_t size;
  const char *message = lua_tolstring(L, -1, &size);
  set_text_cut(&state->message, message, size, LONGEST_MESSAGE);
  state->location.length = state->traceback.length = 0;
  return 0;
}

bxl_status bxl_load(bxl_state *state, const char *text, size_t length, const char *name, int64_t *function) {
  struct chunk chunk = {.text = text, .length = length, .name = name};
  bxl_status status = bxl_protect(state, load, &chunk);
  if (status != BXL_OK) return status;
  if (chunk.status == LUA_OK) {
    *function = chunk.function;
    return BXL_OK;
  }
  return chunk.status == LUA_ERRSYNTAX ? BXL_SYNTAX : chunk.status == LUA_ERRMEM ? BXL_MEMORY : BXL_RUNTIME;
}

void bxl_release_function(bxl_state *state, int64_t function) { release(state, (int)function); }
