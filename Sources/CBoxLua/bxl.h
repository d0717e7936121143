// What the files of the bridge share. Nobody outside CBoxLua includes this.
//
// Contracts stand above each function as the Lua manual writes them: [-n, +m] is what it takes from and leaves on the
// stack; "may raise" means that it may leave by a Lua error or by the kill of the running call.
#ifndef BXL_H
#define BXL_H

#include "CBoxLua.h"
#include "CEventPage.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/// A growing piece of plain memory, outside Lua's: what crosses the bridge stands in one.
typedef struct bxl_buffer {
  char *bytes;
  size_t length;
  size_t capacity;
} bxl_buffer;

/// Makes room for `more` bytes. False when memory is short or the buffer would exceed BXL_MAX_CROSSING. Never raises.
bool bxl_buffer_reserve(bxl_buffer *buffer, size_t more);
/// Appends. False as above. Never raises.
bool bxl_buffer_append(bxl_buffer *buffer, const void *bytes, size_t length);
/// Empties it, and gives back what one large crossing took. Never raises.
void bxl_buffer_reset(bxl_buffer *buffer);
void bxl_buffer_free(bxl_buffer *buffer);
#define BXL_KEPT_CAPACITY ((size_t)1 << 20)

/// Blocks of so many sizes are kept when they are freed, each a multiple of the step (bxl_memory.c).
#define BXL_BLOCK_CLASSES 32
#define BXL_BLOCK_STEP ((size_t)16)

/// A freed block that is kept.
struct bxl_block {
  struct bxl_block *next;
};

/// One rule file's Lua. Reached from any of its threads with `bxl_of`.
struct bxl_state {
  lua_State *L;
  bxl_host host;
  void *context;

  // Memory (bxl_memory.c). `limit` counts while the script runs; the host's own work may take a little more.
  size_t used;
  size_t limit;
  /// What all states share; `drawn` bytes of it are this state's. NULL for none.
  bxl_pool *pool;
  size_t drawn;
  /// By size; `kept_bytes` in all.
  struct bxl_block *kept[BXL_BLOCK_CLASSES];
  size_t kept_bytes;
  bool in_script;
  /// For tests: the allocation with this number, counted from now, fails; 0 = none.
  uint64_t fail_at;
  uint64_t allocations;

  // Time (bxl_time.c).
  uint32_t budget_ticks;
  uint32_t start_ticks;
  bool killed;
  _Atomic bool cancelled;
  /// The `__close` handlers of a failed call run (bxl_run.c).
  bool is_closing;

  // What crosses the bridge.
  bxl_buffer arguments;
  bxl_buffer reply;
  bxl_buffer results;

  // The last failure.
  bxl_buffer message;
  bxl_buffer location;
  bxl_buffer traceback;

  // Calls (bxl_run.c).
  int64_t tickets;
  struct bxl_waiting *waiting;
  lua_State *idle;
  /// The thread that calls the host, while it does.
  lua_State *caller;
  int idle_reference;
  bxl_answer resume_answer;
  bool globals_open;

  // Events (bxl_event.c, bxl_page.c): the page in hand, and what tells an event from other userdata.
  bxl_page *current_page;
  /// The event that calls get: made by the first of them, so that it costs no protected call of its own.
  bxl_page *event_page;
  uint32_t event_index;
  bxl_event_info event_info;
  bxl_buffer event_stream;
  /// The stream's name as Lua has it: 0 before the first one; `stream_is_new` where it is an earlier name.
  int stream_reference;
  bool stream_is_new;
  bool event_is_new;
  int event_reference;
  const void *event_metatable;
};

/// The state that a Lua thread belongs to. [-0, +0], never raises.
static inline bxl_state *bxl_of(lua_State *L) { return *(bxl_state **)lua_getextraspace(L); }

// ---- Time (bxl_time.c) ----------------------------------------------------------------------------------------------

/// CPU ticks of the calling thread: the timer's signal counts them.
extern _Thread_local volatile sig_atomic_t bxl_ticks;

/// Ends the running call for good: yields where that is possible, else raises with `killed` set. Never returns.
int bxl_kill(lua_State *L);

/// Whether the running call is out of budget. [-0, +0], never raises.
static inline bool bxl_is_spent(const bxl_state *state) {
  return state->killed || state->cancelled || (state->in_script && (uint32_t)bxl_ticks - state->start_ticks > state->budget_ticks);
}

/// To be called by every C loop whose length a script decides, once for each step (an element, a comparison, a pattern
/// step, a few dozen bytes). Costs a comparison. [-0, +0], may raise: the caller must hold nothing that a `longjmp` leaks.
static inline void bxl_step(lua_State *L) {
  if (__builtin_expect(bxl_is_spent(bxl_of(L)), 0)) bxl_kill(L);
}

/// Whether the running code can be suspended here. [-0, +0], never raises.
static inline bool bxl_can_yield(lua_State *L) { return lua_isyieldable(L) && !bxl_of(L)->is_closing; }

// ---- Libraries (one file each). All [-0, +1] (the library's table) and may raise ---------------------------------------

/// `string` with a step-bounded matcher (bxl_string.c, bxl_pattern.c). Also sets the strings' metatable.
int bxl_open_string(lua_State *L);
/// `table` with loops that charge steps (bxl_table.c).
int bxl_open_table(lua_State *L);
/// `box.json` (bxl_json.c).
int bxl_open_json(lua_State *L);
/// The globals of a script (bxl_base.c); sets them in the table on top of the stack. [-0, +0]
void bxl_set_base(lua_State *L);

// ---- JSON (bxl_json_decode.c, bxl_json_encode.c) ----------------------------------------------------------------------

/// Pushes what JSON's null inside an array is: `box.json.null`, a light userdata that prints as `null`. [-0, +1]
void bxl_push_null(lua_State *L);
bool bxl_is_null(lua_State *L, int index);

enum {
  /// Ids (`id`, `*_id`) and positions become text whatever JSON type they have; what is no JSON (1e400, integers beyond
  /// 64 bits, a malformed value) becomes text too instead of an error. For events and Box's answers.
  BXL_JSON_LENIENT = 1,
  /// Keys whose value is null are left out either way; with this the elements of arrays too.
};

/// Decodes one JSON text. Pushes the value and returns NULL, or pushes nothing and returns a message (static storage of
/// the state) with `*offset` set to the byte where reading stopped. [-0, +(0|1)], may raise (memory, kill).
const char *bxl_json_decode(lua_State *L, const char *text, size_t length, int flags, size_t *offset);

/// Encodes the value at `index` and pushes the text. [-0, +1], raises an error that names the path for what JSON cannot
/// hold. `name` is how the value is called in messages, such as "value".
void bxl_json_encode(lua_State *L, int index, bool pretty, const char *name);
/// The same, but with events as `event:table()` has them: ids are text whatever JSON type Box used. [-0, +1], raises
void bxl_json_encode_decoded(lua_State *L, int index, const char *name);

/// Whether a table is an array for JSON: its `n` elements 1…n are all there and nothing else is. Tables made from `[]`
/// and by `box.json.array` are arrays when empty. Returns -1 for a table with string keys (or empty), -2 for a mixed or
/// sparse one. [-0, +0], never calls metamethods.
lua_Integer bxl_array_length(lua_State *L, int index);
/// Marks the table on top as an array, so that it encodes as `[]` when it is empty. [-0, +0]
void bxl_mark_array(lua_State *L);

// ---- Events (bxl_event.c, bxl_event_fields.c, bxl_event_views.c) --------------------------------------------------------

/// Makes the events' metatable. Once a state. [-0, +0]
void bxl_open_events(lua_State *L);
/// Pushes event `index` of the page as a script sees it. [-0, +1], may raise (memory).
void bxl_push_event(lua_State *L, bxl_page *page, uint32_t index, const bxl_event_info *info);
/// Whether the value is an event. [-0, +0], never raises.
bool bxl_is_event(lua_State *L, int index);
/// The exact text that Box sent; valid while the event stays on the stack. [-0, +0], never raises.
const char *bxl_event_text(lua_State *L, int index, size_t *length);
/// Pushes a plain copy: all members, nulls left out. [-0, +1], may raise.
void bxl_event_table(lua_State *L, int index);
/// Pushes one readable line. [-0, +1], may raise.
void bxl_event_line(lua_State *L, int index);

/// The number of the page's events. [-0, +0], never raises.
uint32_t bxl_page_count(const bxl_page *page);

// ---- Values across the bridge (bxl_value.c) -----------------------------------------------------------------------------

/// Writes the values at `first`…`last` into the buffer, in the form that CBoxLua.h describes. Raises for what cannot
/// cross. [-0, +0]
void bxl_encode_values(lua_State *L, int first, int last, bxl_buffer *into);
/// Pushes the values that stand in `bytes`. Returns how many. May raise.
int bxl_decode_values(lua_State *L, const char *bytes, size_t length);

// ---- Entries (bxl_state.c, bxl_run.c, bxl_host.c) -----------------------------------------------------------------------

/// Runs `body` with `argument` as a light userdata at index 1 inside a protected call of the main thread, outside the
/// script's limits. The failure's message is kept in the state. Never raises.
bxl_status bxl_protect(bxl_state *state, lua_CFunction body, void *argument);
/// Frees what calls that wait hold outside Lua. Never raises.
void bxl_forget_calls(bxl_state *state);
/// Says which Lua thread the tick arms; returns the one before. Never raises.
lua_State *bxl_set_running(lua_State *L);
/// Pushes `file:line: ` of the innermost line of a script (the prelude's lines are nobody's business), or "". [-0, +1]
void bxl_where(lua_State *L);
/// Writes the innermost line of a script in a thread as `file:line`. Returns its length. [-0, +0], never raises.
int bxl_script_line(lua_State *thread, char *into, size_t room);
/// Makes the secrets' metatable. [-0, +0]
void bxl_open_secrets(lua_State *L);
/// Compiles text, never byte code: `luaL_loadbufferx` for a script's text. [-0, +1] (the function, or the message).
int bxl_compile(lua_State *L, const char *text, size_t length, const char *name);
/// `box.inspect` (bxl_inspect.c).
int bxl_inspect(lua_State *L);

/// CPU ticks come this often.
#define BXL_TICK_MILLISECONDS 10
/// The prelude's chunk name.
#define BXL_PRELUDE "=box"

/// The names of registry slots.
#define BXL_HOST_TABLE "boxwatch.host"
#define BXL_BOX_TABLE "boxwatch.box"
#define BXL_FROZEN "boxwatch.frozen"
#define BXL_DECLARED "boxwatch.declared"
#define BXL_TRACEBACK "boxwatch.traceback"
#define BXL_EVENT_META "boxwatch.event"
#define BXL_SECRET_META "boxwatch.secret"
#define BXL_ARRAY_META "boxwatch.array"
#define BXL_ERROR_META "boxwatch.error"

#endif
