// CBoxLua: the bridge to Lua, and the only code that sees Lua's headers.
//
// Nothing here includes lua.h: whoever calls it cannot make an unprotected call. Every function that runs Lua runs it
// inside a protected call and returns a status; no `longjmp` ever crosses the caller's frame. Lua calls C, C copies the
// arguments and calls the one host function, the host writes its reply into the state's memory and returns; only then
// does C push, raise or yield.
//
// A state belongs to one thread at a time, and that thread has called `bxl_thread_begin`.
//
// Values cross as bytes, native byte order, each a tag followed by its content:
//   NIL FALSE TRUE NULL     nothing
//   INTEGER                 int64
//   NUMBER                  double
//   STRING, JSON, EVENT     uint32 length, bytes. JSON (to Lua only) is decoded there. EVENT (from Lua only) is an
//                           event's JSON text
//   ARRAY                   uint32 count, that many values
//   TABLE                   uint32 count, that many pairs of key (STRING or INTEGER) and value
//   FUNCTION                int64: a reference that lives until `bxl_release_function`
//   SECRET                  uint32 length, bytes: the name of a secret; prints as ***
//   PAGE                    bxl_page pointer (to Lua only): an array of its events. Whoever writes it keeps the page
//                           until it has been read: that is when the call that it was given to has returned or waits
#ifndef CBOXLUA_H
#define CBOXLUA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cep_page;

/// The most bytes that cross the bridge in one call; from Lua half a million values at most.
#define BXL_MAX_CROSSING ((size_t)64 << 20)
/// Depth of nested tables that cross the bridge or become JSON.
#define BXL_MAX_DEPTH 1000

typedef enum bxl_tag {
  BXL_TAG_NIL = 0,
  BXL_TAG_FALSE = 1,
  BXL_TAG_TRUE = 2,
  BXL_TAG_INTEGER = 3,
  BXL_TAG_NUMBER = 4,
  BXL_TAG_STRING = 5,
  BXL_TAG_ARRAY = 6,
  BXL_TAG_TABLE = 7,
  BXL_TAG_FUNCTION = 8,
  BXL_TAG_EVENT = 9,
  BXL_TAG_NULL = 10,
  BXL_TAG_SECRET = 11,
  BXL_TAG_JSON = 12,
  BXL_TAG_PAGE = 13,
} bxl_tag;

typedef enum bxl_status {
  BXL_OK = 0,
  /// The call waits for the host: `bxl_waiting` tells the ticket, `bxl_resume` goes on.
  BXL_YIELDED = 1,
  BXL_SYNTAX = 2,
  BXL_RUNTIME = 3,
  /// Out of memory: the script's own limit, or the machine's.
  BXL_MEMORY = 4,
  /// Out of CPU time.
  BXL_TIME = 5,
  /// Ended by `bxl_cancel`.
  BXL_CANCELLED = 6,
  /// A fault of the bridge itself.
  BXL_INTERNAL = 7,
} bxl_status;

typedef struct bxl_state bxl_state;
typedef struct bxl_page bxl_page;
/// One running call of a Lua function: a coroutine. 0 = none.
typedef int32_t bxl_call;

typedef struct bxl_bytes {
  const char *bytes;
  size_t length;
} bxl_bytes;

/// What the host did with a call from Lua.
typedef enum bxl_answer {
  /// `bxl_reply` holds the values that the function returns.
  BXL_ANSWER_VALUES = 0,
  /// `bxl_reply` holds one value: text (the position is put in front) or a table with `message`, which is raised.
  BXL_ANSWER_ERROR = 1,
  /// The call waits; `bxl_resume` will bring what it returns. Not where the ticket is 0.
  BXL_ANSWER_WAIT = 2,
} bxl_answer;

/// Called on the state's own thread. `ticket` names the wait, if it becomes one; 0 where the call cannot wait (inside a
/// sort's comparison, say). Must not call back into the state, `bxl_reply` and `bxl_caller` apart.
typedef bxl_answer (*bxl_host)(void *context, bxl_state *state, int32_t function, int64_t ticket, bxl_bytes arguments);

/// Begins and ends the calling thread's use of Lua: a timer on its CPU clock. False when there is none to be had.
bool bxl_thread_begin(void);
void bxl_thread_end(void);
/// CPU time of the calling thread, in nanoseconds.
uint64_t bxl_thread_cpu(void);
/// Milliseconds of a clock that nobody sets, right to a few of them: for a look at every event, which costs a few
/// nanoseconds where the exact time costs fifty.
int64_t bxl_coarse_time(void);

/// Memory that several states share, on whichever threads they are.
typedef struct bxl_pool bxl_pool;
/// A pool of so many bytes. NULL when memory is short. To be freed when all states that draw from it are closed.
bxl_pool *bxl_pool_make(size_t limit);
void bxl_pool_free(bxl_pool *pool);
/// Bytes that states hold of it.
size_t bxl_pool_used(const bxl_pool *pool);

/// A new state with the sandbox's globals and an empty `box`. NULL when memory is short.
/// - memory: bytes that the script may hold.
/// - pool: what it draws them from; may be NULL.
bxl_state *bxl_open(size_t memory, bxl_pool *pool, bxl_host host, void *context);
/// What the host function gets as its first argument from now on.
void bxl_set_context(bxl_state *state, void *context);
/// Closes it; what waits is dropped without running.
void bxl_close(bxl_state *state);

/// Makes `box.<path>` (such as "position"; with a leading "host." a function that only the prelude sees) call the host.
bxl_status bxl_define(bxl_state *state, const char *path, int32_t function);
/// Runs a chunk of the product's own that may see `host`, the table of functions defined under "host.".
bxl_status bxl_run_prelude(bxl_state *state, const char *text, size_t length, const char *name);
/// Freezes `box` and the libraries: from here on scripts run. Random numbers come from the seed.
bxl_status bxl_seal(bxl_state *state, uint64_t seed);

/// Compiles a script's text (never byte code) into a function. `name` as in tracebacks, such as "rules/a.lua".
bxl_status bxl_load(bxl_state *state, const char *text, size_t length, const char *name, int64_t *function);
void bxl_release_function(bxl_state *state, int64_t function);

/// What an event is beside its page.
typedef struct bxl_event_info {
  bxl_bytes stream;
  bool replayed;
  int64_t attempt;
} bxl_event_info;

/// Sets the event that each `bxl_start` with `with_event` passes from now on. Handlers of one file share it and its
/// tables. False when memory is short.
bool bxl_set_event(bxl_state *state, bxl_page *page, uint32_t index, const bxl_event_info *info);

/// Calls a function, `with_event` as its first argument, then those in `arguments`. CPU time may reach `milliseconds`.
/// On BXL_OK `bxl_results` holds what it returned. On BXL_YIELDED `*call` names it for `bxl_resume`.
bxl_status bxl_start(bxl_state *state, int64_t function, bool with_event, bxl_bytes arguments, uint32_t milliseconds,
                     bxl_call *call);
/// Goes on with a call that waits, with what its host function returns or raises. The CPU budget goes on too.
bxl_status bxl_resume(bxl_state *state, bxl_call *call, bxl_answer answer, bxl_bytes reply);
/// Drops a call that waits: nothing of it runs any more. `bxl_error_location` and `bxl_error_traceback` tell where it
/// waited.
void bxl_drop(bxl_state *state, bxl_call call);
/// Declares globals open (while the file's top level runs) or closed (assigning a new one is an error).
void bxl_allow_globals(bxl_state *state, bool allowed);
/// Ends the running call at its next step. From any thread.
void bxl_cancel(bxl_state *state);

/// The host's answer to the call from Lua that is under way; copied.
void bxl_reply(bxl_state *state, const void *bytes, size_t length);
/// `file:line` of the script's line from which the host is being called; returns its length, 0 where there is none.
int bxl_caller(const bxl_state *state, char *into, size_t room);
/// What the last call returned.
bxl_bytes bxl_results(const bxl_state *state);
/// The last failure: what, where (`file:line`, may be empty), the traceback.
bxl_bytes bxl_error_message(const bxl_state *state);
bxl_bytes bxl_error_location(const bxl_state *state);
bxl_bytes bxl_error_traceback(const bxl_state *state);

/// Bytes that the state holds now.
size_t bxl_memory(const bxl_state *state);
/// A whole garbage collection.
void bxl_collect(bxl_state *state);
/// Frees the blocks that the state keeps for its next allocations. Costs no collection: for a state that is at rest.
void bxl_release_kept(bxl_state *state);
/// Bytes of these blocks; `bxl_memory` does not count them.
size_t bxl_kept_memory(const bxl_state *state);
/// For tests: the n-th allocation from now on fails, and all after it until 0 is set.
void bxl_fail_allocation(bxl_state *state, uint64_t n);

/// A page whose events scripts may see. `release(owner)` is called when the last reference goes, from any thread.
bxl_page *bxl_page_make(const struct cep_page *page, void *owner, void (*release)(void *));
void bxl_page_retain(bxl_page *page);
void bxl_page_release(bxl_page *page);
/// The dispatcher is done with a page: events of it that a script still holds get a copy of their own, charged to it,
/// at the next page at the latest.
bxl_status bxl_page_done(bxl_state *state);

/// What a chunk does with a global, or with a member of one.
typedef enum bxl_global_use_kind {
  BXL_READS,
  /// In the chunk itself, outside of its functions.
  BXL_ASSIGNS,
  /// In a function.
  BXL_ASSIGNS_INSIDE,
  /// Reads a member, such as `box.file`, and neither calls nor indexes it on the spot.
  BXL_READS_MEMBER,
  /// Reads a member, and calls or indexes it.
  BXL_USES_MEMBER,
} bxl_global_use_kind;
/// One use of a global in a chunk.
typedef struct bxl_global_use {
  /// The global, or the path of its member: `box.file.append`.
  const char *name;
  int32_t line;
  bxl_global_use_kind kind;
} bxl_global_use;
/// Compiles a chunk in a throw-away state and reports which globals and members of globals it reads and assigns, and the
/// line. `require "box"` is the global `box`. On BXL_SYNTAX `visit` is called once with the message as name and the line.
bxl_status bxl_scan_globals(const char *text, size_t length, void *context,
                            void (*visit)(void *context, bxl_global_use use));

#ifdef __cplusplus
}
#endif
#endif
