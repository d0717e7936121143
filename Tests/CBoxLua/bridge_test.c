// The bridge through its public header: calls, waits, budgets, events that outlive their page, and a failing allocation
// at every place. Meant for the sanitizers: run-bridge.
#include "CBoxLua.h"
#include "CEventPage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int passed, failed;

static void expect(bool holds, const char *what) {
  if (holds) {
    passed++;
  } else {
    failed++;
    printf("FAILED: %s\n", what);
  }
}

enum { ECHO = 1, FAIL = 2, WAIT = 3, QUERY = 4 };

static bxl_page *query(void);

static bxl_answer answer(void *context, bxl_state *state, int32_t function, int64_t ticket, bxl_bytes arguments) {
  (void)context;
  static const char message[] = {BXL_TAG_STRING, 2, 0, 0, 0, 'n', 'o'};
  if (function == FAIL || (function == WAIT && ticket == 0)) {
    bxl_reply(state, message, sizeof message);
    return BXL_ANSWER_ERROR;
  }
  if (function == WAIT) return BXL_ANSWER_WAIT;
  if (function == QUERY) {
    bxl_page *page = query();
    char reply[1 + sizeof page] = {BXL_TAG_PAGE};
    memcpy(reply + 1, &page, sizeof page);
    bxl_reply(state, reply, sizeof reply);
    return BXL_ANSWER_VALUES;
  }
  bxl_reply(state, arguments.bytes, arguments.length);
  return BXL_ANSWER_VALUES;
}

static bxl_state *open_state(size_t memory) {
  bxl_state *state = bxl_open(memory, NULL, answer, NULL);
  if (state == NULL) return NULL;
  static const struct { const char *path; int32_t function; } functions[] = {
      {"echo", ECHO}, {"fail", FAIL}, {"wait", WAIT}, {"query", QUERY}, {"deep.echo", ECHO}};
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    if (bxl_define(state, functions[i].path, functions[i].function) != BXL_OK) goto failed;
  }
  if (bxl_seal(state, 1) == BXL_OK) return state;
failed:
  bxl_close(state);
  return NULL;
}

static const bxl_bytes nothing = {NULL, 0};

static bxl_status run(bxl_state *state, const char *text, uint32_t milliseconds) {
  int64_t function = 0;
  bxl_status status = bxl_load(state, text, strlen(text), "test.lua", &function);
  if (status != BXL_OK) return status;
  bxl_call call = 0;
  bxl_allow_globals(state, true);
  status = bxl_start(state, function, false, nothing, milliseconds, &call);
  bxl_allow_globals(state, false);
  bxl_release_function(state, function);
  return status;
}

static bool message_is(const bxl_state *state, const char *expected) {
  bxl_bytes message = bxl_error_message(state);
  bool same = message.length == strlen(expected) && memcmp(message.bytes, expected, message.length) == 0;
  if (!same) printf("  message: %.*s\n", (int)message.length, message.bytes);
  return same;
}

static void test_calls(void) {
  bxl_state *state = open_state(64 << 20);
  expect(run(state, "local a, b = box.echo(1, {2, x = 'y'}) assert(a == 1 and b[1] == 2 and b.x == 'y')", 1000) == BXL_OK,
         "values come back as they went");
  expect(run(state, "\nbox.fail()", 1000) == BXL_RUNTIME && message_is(state, "test.lua:2: no"),
         "a host function's error names the script's line");
  expect(run(state, "local ok, e = pcall(box.fail) assert(not ok and e:find('no', 1, true))", 1000) == BXL_OK,
         "and can be caught");
  expect(run(state, "x = = 1", 1000) == BXL_SYNTAX, "a syntax error is one");
  expect(run(state, "local t = ('goto done '):rep(4900) assert(load('if x then ' .. t:gsub('goto done', 'do goto done end') "
                    ".. 'end ::done:: local breakfast, goto_, land = 1, 2, 3')) "
                    "assert(load('return x' .. (' and x'):rep(9000)))", 1000) == BXL_OK, "a text with many jumps is compiled");
  const char too_many[] = "t:1: more than 10000 of and, or, elseif, goto, break and :: in one text";
  expect(run(state, "local t = {} for i = 1, 6000 do t[i] = '::a' .. i .. ':: do goto a' .. i .. ' end ' end "
                    "local f, e = load(table.concat(t), '=t') assert(f == nil) error(e, 0)", 1000) == BXL_RUNTIME &&
             message_is(state, too_many), "one with so many that it would take seconds is not");
  expect(run(state, "local f, e = load('return x' .. (' and x'):rep(11000), '=t') assert(f == nil) error(e, 0)", 1000) ==
             BXL_RUNTIME && message_is(state, too_many), "nor is a long chain of and");
  expect(run(state, "local function jumps(n) return ('and or :: goto break elseif '):rep(n) end local many = jumps(3000) "
                    "for _, text in ipairs { '\"%s\"', \"'\\\\'%s'\", '[[%s]]', '[==[ ]] ]=] %s]==]', '1 --%s', '1 --[[%s]]', '1 --[=[%s]=]', "
                    "'\"\\\\\"%s\"' } do assert(load('return ' .. text:gsub('%%s', many)), text) "
                    "local f, e = load('return ' .. text:gsub('%%s', '') .. '\\n' .. many) "
                    "assert(not f and e:find('more than 10000', 1, true), text) end", 5000) == BXL_OK,
         "what stands in strings and comments is no jump");
  expect(run(state, "while true do end", 50) == BXL_TIME, "an endless loop ends");
  expect(run(state, "pcall(function() while true do end end) hit = true", 50) == BXL_TIME, "also inside pcall");
  expect(run(state, "assert(not hit)", 1000) == BXL_OK, "and nothing of it runs afterwards");
  expect(run(state, "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end", 5000) == BXL_MEMORY,
         "memory has an end");
  expect(run(state, "string.x = 1", 1000) == BXL_RUNTIME, "libraries are sealed");
  expect(run(state, "setmetatable({}, { __gc = error })", 1000) == BXL_RUNTIME, "there are no finalizers");
  expect(run(state, "local ok, a, b = xpcall(error, function(e) return e, 2 end, 'x') assert(not ok and a == 'x' and b == nil) "
                    "assert(select('#', xpcall(error, function() end)) == 2)", 1000) == BXL_OK,
         "a handler's first value comes back");
  expect(run(state, "local f, e = load(function() error('boom', 0) end) assert(f == nil and e == 'boom') "
                    "f, e = load(function() return {} end) assert(f == nil and e:find('must return a string')) "
                    "local n = 0 f = load(function() n = n + 1 return ({ 'return ', 42 })[n] end) assert(f() == 42) "
                    "n = 0 f, e = load(function() n = n + 1 return ({ '= x' })[n] end) assert(e:find('(load):1:', 1, true)) "
                    "f, e = load(42) assert(f == nil and e:find('[string \"42\"]:1:', 1, true))",
             1000) == BXL_OK, "load reads pieces as in Lua 5.4");
  expect(run(state, "load(function() while true do end end) hit = true", 50) == BXL_TIME, "a reader has no time of its own");
  expect(run(state, "local t = ('x'):rep(8191) .. 'éé' local ok, e = pcall(error, t, 0) assert(e == t) error(t, 0)", 1000) ==
             BXL_RUNTIME, "a long message fails");
  bxl_bytes message = bxl_error_message(state);
  const char cut[] = "x… (cut)";
  expect(message.length == 8190 + sizeof cut - 1 && memcmp(message.bytes + 8190, cut, sizeof cut - 1) == 0,
         "and is cut before a character that does not fit");
  expect(run(state, "local n = ('n'):rep(40000) assert(load('local function ' .. n .. '() error(1) end ' .. n .. '() return 1'))()",
             1000) == BXL_RUNTIME && bxl_error_traceback(state).length < 33000, "a traceback is cut");
  expect(run(state, "closed = 0 local x <close> = setmetatable({}, { __close = function() closed = 1 end }) error('e')",
             1000) == BXL_RUNTIME && run(state, "assert(closed == 1)", 1000) == BXL_OK, "variables are closed after an error");
  expect(run(state, "local x <close> = setmetatable({}, { __close = function() while true do end end }) error('e')", 50) ==
             BXL_TIME, "within the budget");
  expect(run(state, "local x <close> = setmetatable({}, { __close = function() pcall(box.wait) error('b') end }) error('e')",
             1000) == BXL_RUNTIME && message_is(state, "test.lua:1: b"), "and their error counts");
  bxl_close(state);
}

static void test_crossing(void) {
  bxl_state *state = open_state(64 << 20);
  expect(run(state, "local row, all = {}, {} for i = 1, 1000 do row[i] = i end for i = 1, 400 do all[i] = row end "
                    "assert(#box.echo(all) == 400)", 5000) == BXL_OK, "400,000 values cross");
  expect(run(state, "local row, all = {}, {} for i = 1, 1000 do row[i] = {} end for i = 1, 1000 do all[i] = row end "
                    "box.echo(all)", 5000) == BXL_RUNTIME &&
             message_is(state, "test.lua:1: too much for one call: more than 500000 values"),
         "a million that Lua holds as two thousand do not");
  bxl_close(state);
}

static void test_waits(void) {
  bxl_state *state = open_state(64 << 20);
  int64_t function = 0;
  const char *text = "local ok, a = pcall(box.wait, 1) return ok, a";
  expect(bxl_load(state, text, strlen(text), "test.lua", &function) == BXL_OK, "a waiting script compiles");
  bxl_call first = 0, second = 0;
  expect(bxl_start(state, function, false, nothing, 1000, &first) == BXL_YIELDED, "a call waits");
  expect(bxl_start(state, function, false, nothing, 1000, &second) == BXL_YIELDED, "and another beside it");
  static const char yes[] = {BXL_TAG_TRUE};
  expect(bxl_resume(state, &first, BXL_ANSWER_VALUES, (bxl_bytes){yes, 1}) == BXL_OK, "it goes on");
  bxl_bytes results = bxl_results(state);
  expect(results.length == 2 && results.bytes[1] == BXL_TAG_TRUE, "with what came");
  bxl_drop(state, second);
  expect(bxl_resume(state, &second, BXL_ANSWER_VALUES, nothing) == BXL_INTERNAL, "a dropped call is gone");
  expect(run(state, "table.sort({ 2, 1 }, function() box.wait() end)", 1000) == BXL_RUNTIME, "a sort cannot wait");
  bxl_close(state);
}

// ---- Events -----------------------------------------------------------------------------------------------------------

static const char page_text[] =
    "{\"entries\":[{\"event_id\":\"1\",\"event_type\":\"ITEM_UPLOAD\",\"created_at\":\"2026-01-05T09:00:00-08:00\","
    "\"created_by\":{\"id\":2,\"login\":\"ada\"},\"source\":{\"type\":\"file\",\"id\":\"9\",\"name\":\"a \\\"b\\\"\","
    "\"size\":9223372036854775807,\"big\":9223372036854775808,\"path_collection\":{\"entries\":[{\"name\":\"All Files\"},"
    "{\"name\":\"x\"}]}},\"none\":null,\"list\":[1,null,3]},{\"event_id\":\"2\",\"event_type\":\"NEW_KIND\"}]}";

static int released;
static void release(void *owner) {
  released++;
  free(owner);
}

static bxl_page *make_page(cep_parser *parser) {
  char *text = calloc(1, sizeof page_text + CEP_PADDING);
  memcpy(text, page_text, sizeof page_text - 1);
  cep_page *page = NULL;
  size_t offset = 0;
  if (cep_page_parse(parser, text, sizeof page_text - 1, CEP_INPUT_PAGE, &page, &offset) != CEP_OK) abort();
  return bxl_page_make(page, text, release);
}

static const char handler_text[] =
    "kept = {}\n"
    "return function(event)\n"
    "  assert(type(event) == 'table' and next(event) == nil and rawget(event, 'event_id') == nil)\n"
    "  kept[#kept + 1] = event\n"
    "  if event.event_id == '2' then assert(event.kind == 'new_kind' and event.path == nil) return end\n"
    "  assert(event.kind == 'upload' and event.actor.anonymous and event.actor.id == '2')\n"
    "  assert(event.source.size == math.maxinteger and event.source.big == '9223372036854775808')\n"
    "  assert(event.source.name == 'a \"b\"' and event.path == 'All Files/x' and event.none == nil)\n"
    "  assert(event:get('list.3') == 3 and event:get('list.2', 7) == 7 and event:get('a.b.c', 8) == 8)\n"
    "  assert(event.list[2] == box.json.null and event.stream == 's' and event.attempt == 1)\n"
    "  local n = 0 for k, v in pairs(event) do n = n + 1 end assert(n == 6, n)\n"
    "  assert(not pcall(function() event.x = 1 end) and tostring(event):find('ITEM_UPLOAD', 1, true))\n"
    "  local copy = event:table() copy.source.name = 'z' assert(event.source.name ~= 'z')\n"
    "  assert(box.json.decode(event:json()).event_id == '1' and box.json.encode(event) == event:json())\n"
    "end";

/// Handles both events of a page; the first status that is not BXL_OK.
static bxl_status handle(bxl_state *state, int64_t handler, bxl_page *page) {
  const bxl_event_info info = {.stream = {"s", 1}, .attempt = 1};
  bxl_status first = BXL_OK;
  for (uint32_t index = 0; index < 2; index++) {
    bxl_call call = 0;
    bxl_status status = bxl_set_event(state, page, index, &info) ? BXL_OK : BXL_MEMORY;
    if (status == BXL_OK) status = bxl_start(state, handler, true, nothing, 1000, &call);
    if (first == BXL_OK) first = status;
  }
  bxl_status done = bxl_page_done(state);
  return first == BXL_OK ? done : first;
}

/// The function that `handler_text` returns.
static bxl_status make_handler(bxl_state *state, int64_t *handler) {
  int64_t chunk = 0;
  bxl_call call = 0;
  bxl_status status = bxl_load(state, handler_text, strlen(handler_text), "handler.lua", &chunk);
  if (status != BXL_OK) return status;
  bxl_allow_globals(state, true);
  status = bxl_start(state, chunk, false, nothing, 1000, &call);
  bxl_allow_globals(state, false);
  if (status != BXL_OK) return status;
  bxl_bytes results = bxl_results(state);
  memcpy(handler, results.bytes + 1, sizeof *handler);
  return BXL_OK;
}

static void test_events(cep_parser *parser) {
  bxl_state *state = open_state(64 << 20);
  int64_t handler = 0;
  expect(make_handler(state, &handler) == BXL_OK, "a handler registers");
  released = 0;
  for (int i = 0; i < 10; i++) {
    bxl_page *page = make_page(parser);
    bxl_status status = handle(state, handler, page);
    if (status != BXL_OK) message_is(state, "");
    expect(status == BXL_OK, "an event reads as it should");
    bxl_page_release(page);
  }
  expect(released >= 8, "pages go although their events are kept");
  expect(run(state, "assert(#kept == 20) for i, e in ipairs(kept) do assert(e.event_id == (i % 2 == 1 and '1' or '2')) "
                    "if i % 2 == 1 then assert(e.source.name == 'a \"b\"' and #e:json() > 300) end end", 1000) == BXL_OK,
         "events outlive their pages");
  expect(run(state, "kept = {}", 1000) == BXL_OK, "they are let go");
  bxl_page_done(state);
  bxl_page_done(state);
  bxl_close(state);
  expect(released == 10, "every page is released");
}

static cep_parser *query_parser;
static int queried;
/// The host keeps a page until the call that gets it has read it.
static bxl_page *replied;

static bxl_page *query(void) {
  if (replied != NULL) bxl_page_release(replied);
  queried++;
  return replied = make_page(query_parser);
}

static void forget_query(void) {
  if (replied != NULL) bxl_page_release(replied);
  replied = NULL;
}

/// Pages that a handler's queries bring: each is a few hundred bytes here, and there are many.
static void test_queries(cep_parser *parser) {
  query_parser = parser;
  bxl_state *state = open_state(1 << 20);
  released = queried = 0;
  expect(run(state, "for i = 1, 5000 do local events = box.query() assert(events[2].event_id == '2') end", 20000) == BXL_OK &&
             queried == 5000, "a handler reads more pages than it may hold");
  expect(released > 4000, "they go while it runs");
  expect(run(state, "all = {} for i = 1, 5000 do all[i] = box.query()[1] end", 20000) == BXL_MEMORY,
         "it cannot keep one event of each");
  expect(run(state, "all = nil", 1000) == BXL_OK, "and goes on");
  bxl_page_done(state);
  forget_query();
  bxl_collect(state);
  expect(released == queried, "none is held");
  size_t before = bxl_memory(state);
  expect(run(state, "one = box.query()[1]", 1000) == BXL_OK, "an event is kept");
  size_t held = bxl_memory(state) - before;
  expect(held > sizeof page_text, "its page is charged");
  bxl_page_done(state);
  forget_query();
  bxl_collect(state);
  expect(released == queried && bxl_memory(state) - before < held, "then the copy alone");
  expect(run(state, "assert(one.actor.login == 'ada') one = nil", 1000) == BXL_OK, "which reads as before");
  bxl_collect(state);
  expect(bxl_memory(state) <= before, "nothing stays charged");
  bxl_close(state);
  expect(released == queried, "every page is released");
}

static void test_rest(void) {
  bxl_state *state = open_state(64 << 20);
  expect(run(state, "for i = 1, 100000 do local garbage = { i } end", 10000) == BXL_OK, "a script makes garbage");
  size_t used = bxl_memory(state);
  // With the sanitizers nothing is kept at all.
  bxl_release_kept(state);
  expect(bxl_kept_memory(state) == 0 && bxl_memory(state) == used, "at rest no freed block is kept");
  expect(run(state, "local t = {} for i = 1, 1000 do t[i] = { i } end", 1000) == BXL_OK, "the state goes on");
  bxl_close(state);
}

/// Fails the n-th allocation, for every n, while a state is used from its making to an event's handling.
static void test_allocation_failures(cep_parser *parser) {
  released = queried = 0;
  query_parser = parser;
  int pages = 0;
  bool is_done = false;
  uint64_t n = 1;
  for (; !is_done && n < 100000; n++) {
    bxl_state *state = open_state(64 << 20);
    if (state == NULL) abort();
    bxl_fail_allocation(state, n);
    int64_t handler = 0;
    bxl_page *page = make_page(parser);
    pages++;
    bxl_status status = make_handler(state, &handler);
    if (status == BXL_OK) status = handle(state, handler, page);
    if (status == BXL_OK) status = handle(state, handler, page);
    if (status == BXL_OK) status = run(state, "asked = box.query() assert(asked[2].event_id == '2')", 1000);
    if (status == BXL_OK) status = bxl_page_done(state);
    bxl_fail_allocation(state, 0);
    forget_query();
    is_done = status == BXL_OK;
    if (!is_done && status != BXL_MEMORY && status != BXL_RUNTIME) {
      printf("  allocation %llu: status %d\n", (unsigned long long)n, status);
      message_is(state, "");
      expect(false, "a failed allocation is told as such");
    }
    bxl_page_release(page);
    bxl_close(state);
  }
  printf("failed each of %llu allocations\n", (unsigned long long)n - 1);
  expect(is_done && n > 100, "every allocation was failed once");
  expect(released == pages + queried && queried > 20, "no page leaks");
}

int main(void) {
  if (!bxl_thread_begin()) return 2;
  cep_parser *parser = cep_parser_new();
  test_calls();
  test_crossing();
  test_waits();
  test_events(parser);
  test_queries(parser);
  test_rest();
  test_allocation_failures(parser);
  cep_parser_free(parser);
  bxl_thread_end();
  printf("%d passed, %d failed\n", passed, failed);
  return failed > 0;
}
