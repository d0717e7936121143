// JSON, `box.inspect` and the scan for globals, against Lua itself and without the rest of the bridge. Built and run by
// hand, with the sanitizers on (Tests/CBoxLua/json_test.sh).
#include "bxl.h"

#include <math.h>
#include <stdlib.h>

static int passed, failed;

static void check(bool holds, const char *what) {
  if (holds) {
    passed++;
  } else {
    failed++;
    printf("failed: %.200s\n", what);
  }
}

static void check_text(const char *found, const char *expected, const char *what) {
  bool same = found != NULL && strcmp(found, expected) == 0;
  check(same, what);
  if (!same) printf("  expected: %.2000s\n     found: %.2000s\n", expected, found == NULL ? "(none)" : found);
}

// ---- What the rest of the bridge is here ----------------------------------------------------------------------------

_Thread_local volatile sig_atomic_t bxl_ticks;
static bxl_state state;

int bxl_kill(lua_State *L) {
  bxl_of(L)->killed = false;
  bxl_of(L)->cancelled = false;
  return luaL_error(L, "killed");
}

void bxl_where(lua_State *L) { luaL_where(L, 1); }

/// An event is a userdata whose user value is its text.
bool bxl_is_event(lua_State *L, int index) {
  return lua_type(L, index) == LUA_TUSERDATA && luaL_testudata(L, index, BXL_EVENT_META) != NULL;
}

const char *bxl_event_text(lua_State *L, int index, size_t *length) {
  lua_getiuservalue(L, index, 1);
  const char *text = lua_tolstring(L, -1, length);
  lua_pop(L, 1);
  return text;
}

void bxl_event_table(lua_State *L, int index) {
  size_t length, offset;
  const char *text = bxl_event_text(L, index, &length);
  if (bxl_json_decode(L, text, length, BXL_JSON_LENIENT, &offset) != NULL) luaL_error(L, "no event");
}

static int new_event(lua_State *L) {
  lua_newuserdatauv(L, 0, 1);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  luaL_setmetatable(L, BXL_EVENT_META);
  return 1;
}

static int new_secret(lua_State *L) {
  lua_newuserdatauv(L, 0, 1);
  luaL_setmetatable(L, BXL_SECRET_META);
  return 1;
}

static int decode_leniently(lua_State *L) {
  size_t length, offset;
  const char *text = luaL_checklstring(L, 1, &length);
  const char *problem = bxl_json_decode(L, text, length, BXL_JSON_LENIENT, &offset);
  if (problem == NULL) return 1;
  lua_pushnil(L);
  lua_pushfstring(L, "%s at byte %d", problem, (int)offset);
  return 2;
}

/// Allocations left until one fails; negative = none does.
static long allocations_left = -1;

static void *allocate(void *context, void *block, size_t old_size, size_t new_size) {
  (void)context;
  if (new_size == 0) {
    free(block);
    return NULL;
  }
  bool grows = block == NULL || new_size > old_size;
  if (grows && allocations_left == 0) return NULL;
  if (grows && allocations_left > 0) allocations_left--;
  return realloc(block, new_size);
}

static lua_State *open_state(void) {
  lua_State *L = lua_newstate(allocate, NULL);
  memset(&state, 0, sizeof state);
  *(bxl_state **)lua_getextraspace(L) = &state;
  luaL_openlibs(L);
  luaL_newmetatable(L, BXL_EVENT_META);
  luaL_newmetatable(L, BXL_SECRET_META);
  lua_pop(L, 2);
  bxl_open_json(L);
  lua_setglobal(L, "json");
  lua_register(L, "inspect", bxl_inspect);
  lua_register(L, "event", new_event);
  lua_register(L, "secret", new_secret);
  lua_register(L, "lenient", decode_leniently);
  return L;
}

// ---- Decoding and encoding ------------------------------------------------------------------------------------------

/// Runs a chunk; its value as text, or its error.
static void check_lua(lua_State *L, const char *chunk, const char *expected) {
  lua_settop(L, 0);
  if (luaL_loadbuffer(L, chunk, strlen(chunk), "=test") == LUA_OK) lua_pcall(L, 0, 1, 0);
  check_text(luaL_tolstring(L, -1, NULL), expected, chunk);
  lua_settop(L, 0);
}

static const char *const decoding[][2] = {
    {"return json.decode '9223372036854775807' == math.maxinteger", "true"},
    {"return json.decode '-9223372036854775808' == math.mininteger", "true"},
    {"local v = json.decode '9223372036854775808' return type(v) .. v", "string9223372036854775808"},
    {"local v = json.decode '-9223372036854775809' return type(v) .. v", "string-9223372036854775809"},
    {"local v = json.decode '18446744073709551616' return type(v) .. v", "string18446744073709551616"},
    {"return math.type(json.decode '-0')", "integer"},
    {"return math.type(json.decode '1.0') .. json.decode '1.0'", "float1.0"},
    {"return json.decode '-0.0'", "-0.0"},
    {"return json.decode '1e2'", "100.0"},
    {"return json.decode '0.1' == 0.1 and json.decode '123456789012345678.5e-3' == 123456789012345678.5e-3", "true"},
    {"return json.decode '1.7976931348623157e308' == 1.7976931348623157e308", "true"},
    {"return json.decode '5e-324' == 5e-324 and json.decode '1e-400' == 0.0", "true"},
    {"return json.decode '9007199254740993.0' == 9007199254740992.0", "true"},
    {"return json.decode(('1'):rep(300) .. '.5e-300') == tonumber(('1'):rep(300) .. '.5e-300')", "true"},
    {"return select(2, json.decode '[1,1e400]')", "a number beyond the range of 64-bit floats at byte 3"},
    {"return json.decode 'null'", "nil"},
    {"return select('#', json.decode 'null')", "1"},
    {"return next(json.decode '{\"a\":null}')", "nil"},
    {"return json.decode '{\"a\":1,\"a\":null}'.a", "nil"},
    {"return json.decode '{\"a\":1,\"b\":3,\"a\":2}'.a", "2"},
    {"local t = json.decode '[null,1,null]' return tostring(t[1]) .. #t .. tostring(t[3] == json.null)", "null3true"},
    {"return json.decode '\"\\\\ud83d\\\\ude00\\\\u00e9\\\\u0041\\\\n\\\\/\"'", "😀éA\n/"},
    {"return json.decode '\"\\\\ud83dx\"' .. json.decode '\"\\\\ude00\"' .. json.decode '\"\\\\ud83d\\\\u0041\"'",
     "\uFFFDx\uFFFD\uFFFDA"},
    {"return #json.decode '\"\\\\u0000\"'", "1"},
    {"return json.decode(' \\t\\r\\n[ 1 , 2 ] ')[2]", "2"},
    {"local s = ('x'):rep(5000) return json.decode('\"' .. s .. '\\\\n' .. s .. '\"') == s .. '\\n' .. s", "true"},
    {"local s = ('日本€'):rep(999) return json.decode('\"' .. s .. '\"') == s", "true"},
    {"return select(2, json.decode '')", "a value expected at byte 0"},
    {"return select(2, json.decode '[1,]')", "a value expected at byte 3"},
    {"return select(2, json.decode '[1 2]')", "',' or ']' expected at byte 3"},
    {"return select(2, json.decode '{\"a\":1,}')", "a member's name expected at byte 7"},
    {"return select(2, json.decode '{\"a\" 1}')", "':' expected at byte 5"},
    {"return select(2, json.decode '1 x')", "nothing more expected at byte 2"},
    {"return select(2, json.decode '01')", "invalid number at byte 0"},
    {"return select(2, json.decode '\\xEF\\xBB\\xBF1')", "a value expected at byte 0"},
    {"return select(2, json.decode '\"a\\xFFb\"')", "invalid UTF-8 at byte 2"},
    {"return select(2, json.decode '\"\\xED\\xA0\\x80\"')", "invalid UTF-8 at byte 1"},
    {"return select(2, json.decode '\"a\\nb\"')", "control character in a string at byte 2"},
    {"return select(2, json.decode '\"ab')", "unfinished string at byte 3"},
    {"return select(2, json.decode '\"\\\\q\"')", "invalid escape in a string at byte 1"},
    {"return select(2, json.decode '\"\\\\u12g4\"')", "\\u without four hex digits at byte 1"},
    {"return json.decode(('['):rep(1000) .. (']'):rep(1000)) ~= nil", "true"},
    {"return select(2, json.decode(('['):rep(1001) .. (']'):rep(1001)))",
     "nested deeper than 1000 levels at byte 1000"},
    {"return json.decode(('{\"a\":'):rep(1000) .. '1' .. ('}'):rep(1000)) ~= nil", "true"},
    {"return select(2, json.decode(('{\"a\":'):rep(1001) .. '1' .. ('}'):rep(1001)))",
     "nested deeper than 1000 levels at byte 5000"},
    {"return json.decode(12)", "test:1: bad argument #1 to 'decode' (string expected, got number)"},
    {"local t = {} for i = 1, 500 do t[i] = i end local r = json.decode(json.encode(t)) return #r .. r[1] .. r[500]",
     "5001500"},
    {"local t = {} for i = 1, 500 do t['k' .. i] = i end local r = json.decode(json.encode(t)) return r.k1 + r.k500",
     "501"},
};

static const char *const lenient[][2] = {
    {"local t = lenient '{\"id\":007,\"x_id\":1.50,\"stream_position\":1e3,\"n\":1}' "
     "return t.id..t.x_id..t.stream_position..t.n",
     "0071.501e31"},
    {"return math.type(lenient '{\"idx\":1}'.idx) .. "
     "type(lenient '{\"a\":{\"next_stream_position\":12}}'.a.next_stream_position)",
     "integerstring"},
    {"return type(lenient '{\"id\\\\u0000\":1}'['id\\0'])", "number"},
    {"return lenient '{\"i\\\\u0064\":30400984754258517}'.id", "30400984754258517"},
    {"return lenient '[1e400]'[1]", "1e400"},
    {"return lenient '{\"size\":NaN}'.size", "NaN"},
    {"return lenient '\"a\\xFFb\"'", "a\uFFFDb"},
    {"return tostring(lenient '{\"id\":null}'.id) .. tostring(lenient '{\"id\":true}'.id)", "niltrue"},
    {"return select(2, lenient '{\"a\":[1,2')", "',' or ']' expected at byte 9"},
};

static const char *const encoding[][2] = {
    {"return json.encode {}", "{}"},
    {"return json.encode(json.array())", "[]"},
    {"return json.encode(json.array {1, 2})", "[1,2]"},
    {"return json.encode(json.decode '{\"a\":[],\"o\":{}}')", "{\"a\":[],\"o\":{}}"},
    {"return json.encode(json.decode '[null,1,null]')", "[null,1,null]"},
    {"return json.encode()", "test:1: bad argument #1 to 'encode' (value expected)"},
    {"return json.encode(nil) .. json.encode(json.null)", "nullnull"},
    {"return json.encode {b=1, a=true, ['a b']='x', [\"é\"]=1, A=2, aa=3}",
     "{\"A\":2,\"a\":true,\"a b\":\"x\",\"aa\":3,\"b\":1,\"é\":1}"},
    {"return json.encode {3.0, -0.0, 0.1, 1e300, 1/3, 1e15, 1e16, 123456.789, 5e-324}",
     "[3.0,-0.0,0.1,1e+300,0.3333333333333333,1e+15,1e+16,123456.789,4.94065645841247e-324]"},
    {"return json.encode {math.maxinteger, math.mininteger}", "[9223372036854775807,-9223372036854775808]"},
    {"return json.encode '\\0\\1\\b\\f\\n\\r\\t\\\"\\\\/\\x7F\\u{2028}'",
     "\"\\u0000\\u0001\\b\\f\\n\\r\\t\\\"\\\\/\x7F\u2028\""},
    {"local s = ('a\"é\\n'):rep(3000) return json.decode(json.encode(s)) == s", "true"},
    {"return json.encode({a={1,{}},b={},c=json.array(),d={x={y=1}}}, {pretty=true})",
     "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": {},\n"
     "  \"c\": [],\n  \"d\": {\n    \"x\": {\n      \"y\": 1\n    }\n  }\n}"},
    {"return json.encode({}, {prety=true})",
     "test:1: bad argument #2 to 'encode' (there is no option 'prety', only 'pretty')"},
    {"return json.encode({}, {pretty=1})",
     "test:1: bad argument #2 to 'encode' (the option 'pretty' is true or false)"},
    {"return json.encode {e=event '{ \"id\" : 1 }'}", "{\"e\":{ \"id\" : 1 }}"},
    {"return json.encode(setmetatable({a=1}, {__index={b=2}, __pairs=error, __len=error}))", "{\"a\":1}"},
    {"local t = {x=1} return json.encode {t, t}", "[{\"x\":1},{\"x\":1}]"},
    {"return json.encode {items={{}, {}, {name=0/0}}}", "test:1: value.items[3].name: NaN cannot be JSON"},
    {"return json.encode {['odd key']={math.huge}}", "test:1: value[\"odd key\"][1]: infinity cannot be JSON"},
    {"return json.encode {-math.huge}", "test:1: value[1]: -infinity cannot be JSON"},
    {"return json.encode(print)", "test:1: value: a function cannot be JSON"},
    {"return json.encode {a=coroutine.create(print)}", "test:1: value.a: a thread cannot be JSON"},
    {"return json.encode {a=io.stdout}", "test:1: value.a: a userdata cannot be JSON"},
    {"return json.encode {token=secret()}", "test:1: value.token: a secret cannot be JSON"},
    {"local t = {} t.a = {t} return json.encode(t)", "test:1: value.a[1]: a table inside itself cannot be JSON"},
    {"return json.encode {a={1, nil, 3}}",
     "test:1: value.a: an array with a hole cannot be JSON: [2] is missing; box.json.null keeps a place"},
    {"return json.encode {[0]=1}", "test:1: value: a table with the number 0 as a key cannot be JSON"},
    {"return json.encode {[2]=1}",
     "test:1: value: an array with a hole cannot be JSON: [1] is missing; box.json.null keeps a place"},
    {"return json.encode {[1]=1, [0]=1}", "test:1: value: a table with the number 0 as a key cannot be JSON"},
    {"return json.encode {1, x=2}",
     "test:1: value: a table with both names and numbers as keys cannot be JSON"},
    {"return json.encode {[1.5]=2}", "test:1: value: a table with the number 1.5 as a key cannot be JSON"},
    {"return json.encode {[true]=2}", "test:1: value: a table with a boolean as a key cannot be JSON"},
    {"return json.encode {a='x\\xFF'}", "test:1: value.a: text that is not UTF-8 cannot be JSON (byte 1)"},
    {"return json.encode {['x\\xFF']=1}", "test:1: value[\"x?\"]: a key that is not UTF-8 cannot be JSON"},
    {"local t = 1 for i = 1, 1000 do t = {t} end return json.decode(json.encode(t)) ~= nil", "true"},
    {"local t = 1 for i = 1, 1001 do t = {a=t} end return json.encode(t)",
     "test:1: value.a.a.a.a.a.a.a.a.a.a.a.a….a.a.a.a: nested deeper than 1000 levels"},
    {"return json.array({1, x=2})",
     "test:1: bad argument #1 to 'array' (array expected, got a table with other keys or holes)"},
    {"return json.array({x=2})",
     "test:1: bad argument #1 to 'array' (array expected, got a table with other keys or holes)"},
    {"return json.array(setmetatable({}, {}))",
     "test:1: bad argument #1 to 'array' (plain table expected, got one with a metatable)"},
    {"return json.array(nil)", "test:1: bad argument #1 to 'array' (table expected, got nil)"},
    {"local t = {} return json.array(t) == t and json.array(t) == t and getmetatable(t)", "false"},
    {"return (tostring(json.array()):match '^[a-z]+')", "table"},
    {"return getmetatable(json.null)", "false"},
    {"local t = json.array() t[1] = 5 local s = json.encode(t) t[1] = nil return s .. json.encode(t)", "[5][]"},
};

static const char *const inspecting[][2] = {
    {"return inspect(nil) .. inspect(true) .. inspect(1) .. inspect(1.0) .. inspect(0/0) .. inspect(-math.huge)",
     "niltrue11.0nan-inf"},
    {"return inspect 'a\"\\n\\0\\xFFé'", "\"a\\\"\\n\\x00\\xFFé\""},
    {"return inspect {}", "{}"},
    {"return inspect {1, 2, x='y', [4]=0, ['end']=1, ['a b']=2, [true]=3, [0.5]=4}",
     "{ [0.5] = 4, 1, 2, [4] = 0, [\"a b\"] = 2, [\"end\"] = 1, x = \"y\", [true] = 3 }"},
    {"return inspect(json.decode '{\"a\":[null,{\"b\":1}]}')", "{ a = { null, { b = 1 } } }"},
    {"local t = {} t.me = t return inspect(t)", "{ me = <cycle> }"},
    {"local t = {1} return inspect {t, t}", "{ { 1 }, { 1 } }"},
    {"return inspect {print, secret(), io.stdout, coroutine.create(print)}",
     "{ <function>, ***, <userdata>, <thread> }"},
    {"return inspect {[print]=1, [{}]=2, a=3}", "{ a = 3, <2 keys that are no text> }"},
    {"return inspect(event '{\"id\":1,\"a\":null,\"n\":2}')", "{ id = \"1\", n = 2 }"},
    {"local t = 1 for i = 1, 25 do t = {t} end return (inspect(t):gsub('%s+', ''))",
     "{{{{{{{{{{{{{{{{{{{{{…}}}}}}}}}}}}}}}}}}}}}"},
    {"return inspect {name=('x'):rep(40), other={('y'):rep(40)}}",
     "{\n  name = \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\",\n"
     "  other = { \"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\" }\n}"},
    {"local s = inspect(('é'):rep(100000)) return #s < 5000 and utf8.len(s) ~= nil and s:sub(-4)", "…\""},
    {"local t = {} for i = 1, 2000 do t[i] = i end return inspect(t):match '1000,.*'", "1000,\n  … 1000 more\n}"},
    {"local t = {} for i = 1, 999 do t[i] = ('x'):rep(1000) end local s = inspect(t) return #s < 263000 and s:sub(-3)",
     "…"},
    {"return inspect()", "test:1: bad argument #1 to 'inspect' (value expected)"},
    {"return inspect(setmetatable({1}, {__tostring=error, __pairs=error, __index=error}))", "{ 1 }"},
};

#define RUN(L, cases) \
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) check_lua(L, cases[i][0], cases[i][1])

/// Loops of every kind end when the call is out of budget.
static void test_budget(lua_State *L) {
  static const char *const chunks[] = {
      "return json.decode(('['):rep(500) .. (']'):rep(500))", "return json.decode('\"' .. ('x'):rep(500) .. '\"')",
      "return json.decode((' '):rep(500))",                   "return json.decode(('1'):rep(500))",
      "return json.encode(('x'):rep(500))",                   "return json.encode {a=1, b=2}",
      "return inspect {1, 2, 3}",                             "return json.encode {1, 2, 3}",
  };
  for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
    lua_settop(L, 0);
    luaL_loadstring(L, chunks[i]);
    state.cancelled = true;
    bool ended = lua_pcall(L, 0, 1, 0) != LUA_OK && strstr(lua_tostring(L, -1), "killed") != NULL;
    check(ended, chunks[i]);
    state.cancelled = false;
  }
}

/// Whichever allocation fails, the call ends with an error and nothing is lost (the leak checker looks).
static void test_memory(lua_State *L) {
  static const char chunk[] =
      "local v = json.decode('{\"a\":[1,2.5,[],{}],\"long\":\"' .. ('\\\\n'):rep(3000) .. '\"}') "
      "for i = 1, 40 do v['k' .. i] = { i, { x = i } } end return #json.encode(v, { pretty = true }) + #inspect(v)";
  long failures = 0;
  for (int status = LUA_ERRMEM; status == LUA_ERRMEM && failures < 10000; failures++) {
    lua_settop(L, 0);
    if (luaL_loadstring(L, chunk) != LUA_OK) break;
    lua_gc(L, LUA_GCCOLLECT);
    allocations_left = failures;
    status = lua_pcall(L, 0, 1, 0);
    allocations_left = -1;
  }
  check(failures > 100 && lua_isinteger(L, -1), "each allocation may fail");
  lua_settop(L, 0);
}

// ---- A second reader, written for this test: what it takes is JSON --------------------------------------------------

typedef struct reference {
  const unsigned char *at, *end;
  int depth;
} reference;

static void ref_space(reference *r) {
  while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r')) r->at++;
}

static bool ref_range(reference *r, int low, int high) {
  if (r->at >= r->end || *r->at < low || *r->at > high) return false;
  r->at++;
  return true;
}

/// RFC 3629's table, line by line.
static bool ref_utf8(reference *r) {
  static const unsigned char rows[][8] = {
      {0xC2, 0xDF, 0x80, 0xBF}, {0xE0, 0xE0, 0xA0, 0xBF, 0x80, 0xBF}, {0xE1, 0xEC, 0x80, 0xBF, 0x80, 0xBF},
      {0xED, 0xED, 0x80, 0x9F, 0x80, 0xBF}, {0xEE, 0xEF, 0x80, 0xBF, 0x80, 0xBF},
      {0xF0, 0xF0, 0x90, 0xBF, 0x80, 0xBF, 0x80, 0xBF}, {0xF1, 0xF3, 0x80, 0xBF, 0x80, 0xBF, 0x80, 0xBF},
      {0xF4, 0xF4, 0x80, 0x8F, 0x80, 0xBF, 0x80, 0xBF}};
  for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
    if (*r->at < rows[row][0] || *r->at > rows[row][1]) continue;
    r->at++;
    for (int i = 2; i < 8 && rows[row][i] != 0; i += 2) {
      if (!ref_range(r, rows[row][i], rows[row][i + 1])) return false;
    }
    return true;
  }
  return false;
}

static bool ref_string(reference *r) {
  if (!ref_range(r, '"', '"')) return false;
  while (r->at < r->end) {
    unsigned char c = *r->at;
    if (c < 0x20) return false;
    if (c >= 0x80) {
      if (!ref_utf8(r)) return false;
      continue;
    }
    r->at++;
    if (c == '"') return true;
    if (c != '\\') continue;
    if (r->at >= r->end) return false;
    c = *r->at++;
    if (c == 'u') {
      for (int i = 0; i < 4; i++) {
        if (!ref_range(r, '0', '9') && !ref_range(r, 'a', 'f') && !ref_range(r, 'A', 'F')) return false;
      }
    } else if (c == 0 || strchr("\"\\/bfnrt", c) == NULL) {
      return false;
    }
  }
  return false;
}

static bool ref_digits(reference *r) {
  const unsigned char *begin = r->at;
  while (ref_range(r, '0', '9')) {}
  return r->at > begin;
}

static bool ref_number(reference *r) {
  const unsigned char *begin = r->at;
  ref_range(r, '-', '-');
  if (!ref_range(r, '0', '0') && !ref_digits(r)) return false;
  bool is_float = ref_range(r, '.', '.');
  if (is_float && !ref_digits(r)) return false;
  if (ref_range(r, 'e', 'e') || ref_range(r, 'E', 'E')) {
    is_float = true;
    if (!ref_range(r, '+', '+')) ref_range(r, '-', '-');
    if (!ref_digits(r)) return false;
  }
  char text[4096];
  snprintf(text, sizeof text, "%.*s", (int)(r->at - begin), (const char *)begin);
  return !is_float || isfinite(strtod(text, NULL));
}

static bool ref_value(reference *r) {
  ref_space(r);
  if (r->at >= r->end) return false;
  unsigned char open = *r->at;
  if (open == '"') return ref_string(r);
  static const char *const words[] = {"null", "true", "false"};
  for (int i = 0; i < 3; i++) {
    size_t size = strlen(words[i]);
    if ((size_t)(r->end - r->at) >= size && memcmp(r->at, words[i], size) == 0) {
      r->at += size;
      return true;
    }
  }
  if (open != '[' && open != '{') return ref_number(r);
  unsigned char close = open == '[' ? ']' : '}';
  r->at++;
  if (++r->depth > 1000) return false;
  ref_space(r);
  if (!ref_range(r, close, close)) {
    do {
      ref_space(r);
      if (open == '{' && !ref_string(r)) return false;
      ref_space(r);
      if (open == '{' && !ref_range(r, ':', ':')) return false;
      if (!ref_value(r)) return false;
      ref_space(r);
    } while (ref_range(r, ',', ','));
    if (!ref_range(r, close, close)) return false;
  }
  r->depth--;
  return true;
}

static bool is_json(const char *text, size_t length) {
  reference r = {.at = (const unsigned char *)text, .end = (const unsigned char *)text + length};
  if (!ref_value(&r)) return false;
  ref_space(&r);
  return r.at == r.end;
}

// ---- Damaged texts --------------------------------------------------------------------------------------------------

static const char *const documents[] = {
    "{\"type\":\"event\",\"event_id\":\"f82c3ba0\",\"created_by\":{\"type\":\"user\",\"id\":\"17738362\","
    "\"name\":\"Ada \\\"L\\\"\","
    "\"login\":\"ada@example.com\"},\"created_at\":\"2012-12-12T10:53:43-08:00\",\"session_id\":null,"
    "\"source\":{\"id\":11446498,"
    "\"size\":1.2e+31,"
    "\"path_collection\":{\"total_count\":2,\"entries\":[{\"id\":\"0\",\"etag\":null},{}]},\"tags\":[],"
    "\"ok\":true,\"no\":false}}",
    "[1,-1,0,-0,1.5,1e5,1E-5,1.25e+3,9223372036854775807,-9223372036854775808,9223372036854775808,1e308,5e-324]",
    "[\"\",\"a\",\"\\u00e9\\ud83d\\ude00\\ud800\\b\\f\\n\\r\\t\\\\\\/\",\"日本語 é €😀 mixed with ascii text\"]",
    " { \"a\" : [ [ [ null , true , false ] , { \"b\" : { } } ] , \"c\" ] , \"a\" : { \"\" : 1 } } \n",
    "[null,[null,[null,[]]],{\"k\":null,\"k\":1},1.0e0,\"\x7F\"]",
};

/// A copy of exactly the text's size, so that the sanitizer sees one byte too far.
static bool decodes(lua_State *L, const char *text, size_t length, int flags) {
  char *copy = malloc(length > 0 ? length : 1);
  memcpy(copy, text, length);
  size_t offset = 0;
  const char *problem = bxl_json_decode(L, copy, length, flags, &offset);
  bool sound = problem == NULL ? lua_gettop(L) == 1 : lua_gettop(L) == 0 && offset <= length;
  if (!sound) check(false, "the stack or the offset after decoding");
  free(copy);
  return problem == NULL;
}

static void test_truncation(lua_State *L) {
  bool agrees = true;
  for (size_t d = 0; d < sizeof documents / sizeof *documents; d++) {
    size_t length = strlen(documents[d]);
    for (size_t cut = 0; cut < length; cut++) {
      lua_settop(L, 0);
      agrees &= decodes(L, documents[d], cut, 0) == is_json(documents[d], cut);
      lua_settop(L, 0);
      decodes(L, documents[d], cut, BXL_JSON_LENIENT);
    }
    lua_settop(L, 0);
    agrees &= decodes(L, documents[d], length, 0);
  }
  check(agrees, "a text cut anywhere is refused");
}

static uint64_t seed = 20260101;

static uint64_t draw(uint64_t below) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return seed % below;
}

/// Changes a text at a few places. The new length.
static size_t damage(char *text, size_t length, size_t capacity) {
  static const char alphabet[] = "{}[]\",:\\ue0123456789.+-Eetrufalsn \n\t\x01\x7F\x80\xBF\xC3\xA9\xED\xA0\xF0\x9F\xFF";
  for (uint64_t changes = 1 + draw(3); changes > 0 && length > 1; changes--) {
    size_t at = draw(length), other = draw(length), size = 1 + draw(8);
    switch (draw(5)) {
      case 0: text[at] = (char)draw(256); break;
      case 1: text[at] = alphabet[draw(sizeof alphabet - 1)]; break;
      case 2:
        memmove(text + at, text + at + 1, length - at - 1);
        length--;
        break;
      case 3:
        if (length == capacity) break;
        memmove(text + at + 1, text + at, length - at);
        text[at] = alphabet[draw(sizeof alphabet - 1)];
        length++;
        break;
      default:
        if (at + size <= length && other + size <= length) memmove(text + at, text + other, size);
    }
  }
  return length;
}

static void test_mutations(lua_State *L) {
  int accepted = 0, wrong = 0, unstable = 0;
  lua_getglobal(L, "json");
  for (int round = 0; round < 100000; round++) {
    char text[1024];
    const char *document = documents[draw(sizeof documents / sizeof *documents)];
    size_t length = strlen(document);
    memcpy(text, document, length);
    length = damage(text, length, sizeof text);
    lua_settop(L, 0);
    bool expected = is_json(text, length);
    if (decodes(L, text, length, 0) != expected && wrong++ < 3) {
      printf("  the readers differ (reference: %d) on: %.*s\n", expected, (int)length, text);
    }
    if (expected) {
      accepted++;
      // What was decoded encodes, and that reads as the same.
      bxl_json_encode(L, 1, round % 2 == 0, "value");
      size_t size, offset;
      const char *once = lua_tolstring(L, 2, &size);
      if (!is_json(once, size) || bxl_json_decode(L, once, size, 0, &offset) != NULL) {
        unstable++;
      } else {
        bxl_json_encode(L, 3, round % 2 == 0, "value");
        unstable += !lua_rawequal(L, 2, 4);
      }
    }
    lua_settop(L, 0);
    decodes(L, text, length, BXL_JSON_LENIENT);
  }
  lua_settop(L, 0);
  check(wrong == 0, "100,000 damaged texts are taken exactly where the reference takes them");
  check(unstable == 0, "what was decoded encodes and decodes to the same");
  check(accepted > 5000 && accepted < 95000, "the damaged texts are of both kinds");
}

// ---- Globals --------------------------------------------------------------------------------------------------------

static char uses[1 << 16];

/// `name:line` for a read, `name=:line` for an assignment, `name==:line` for one in a function, `name.:line` for a
/// member, `name():line` for one that is called or indexed.
static void note(void *context, bxl_global_use use) {
  static const char *const marks[] = {"", "=", "==", ".", "()"};
  (*(int *)context)++;
  size_t length = strlen(uses);
  snprintf(uses + length, sizeof uses - length, "%s%s%s:%d", length > 0 ? " " : "", use.name, marks[use.kind],
           (int)use.line);
}

static void check_scan(const char *chunk, bxl_status status, const char *expected) {
  int count = 0;
  uses[0] = '\0';
  check(bxl_scan_globals(chunk, strlen(chunk), &count, note) == status, chunk);
  check_text(uses, expected, chunk);
}

static void test_globals(void) {
  check_scan("", BXL_OK, "");
  check_scan("print(x)\ny = z", BXL_OK, "print:1 x:1 z:2 y=:2");
  check_scan("#!/usr/bin/lua\nx = 1", BXL_OK, "x=:2");
  check_scan("local print = print\nprint(1)", BXL_OK, "print:1");
  check_scan("local x\nfunction f()\n  x = 1\n  g = x\nend", BXL_OK, "g==:4 f=:2");
  check_scan("local function f()\n return function()\n  return function() deep = 1 end\n end\nend", BXL_OK, "deep==:3");
  check_scan("local _ENV = {}\nx = 1\nlocal function f() return y end", BXL_OK, "");
  check_scan("local function f(_ENV) x = y end\nz = 1", BXL_OK, "z=:2");
  check_scan("do local _ENV = {} a = 1 end\nb = 1", BXL_OK, "b=:2");
  check_scan("function M.f() end\nfunction M:g() return self.x end\nlocal L = {}\nfunction L:h() end", BXL_OK,
             "M:1 M:2");
  check_scan("x.y.z = 1\nx[i] = 2", BXL_OK, "x:1 x.y():1 x:2 i:2");
  check_scan("_ENV.q = 1\n_ENV['r'] = 2\nlocal k = k2\n_ENV[k] = 3", BXL_OK, "q=:1 r=:2 k2:3");
  check_scan("goto done\nx = 1\n::done::\nfor i = 1, n do t = i end", BXL_OK, "x=:2 n:4 t=:4");
  check_scan("a_name_of_more_than_forty_characters_in_all = b\n"
             "return a_name_of_more_than_forty_characters_in_all",
             BXL_OK, "b:1 a_name_of_more_than_forty_characters_in_all=:1 "
             "a_name_of_more_than_forty_characters_in_all:2");
  check_scan("_G.q = 1\nfunction f() _G.r = 2 end", BXL_OK, "_G:1 q=:1 _G:2 r==:2 f=:2");
  check_scan("x = = 1", BXL_SYNTAX, "unexpected symbol near '=':1");
  check_scan("\n\nif x then", BXL_SYNTAX, "'end' expected near <eof>:3");
  check_scan("\x1BLua", BXL_SYNTAX, "attempt to load a binary chunk (mode is 't'):0");
}

/// Members of globals, wherever it is certain that they are.
static void test_members(void) {
  check_scan("box.a.b(1)\nlocal x = box.c", BXL_OK, "box:1 box.a():1 box.a.b():1 box:2 box.c.:2");
  check_scan("function f(e)\n  if e then box.a(e.b, e or 1) end\n  return box['c d']\nend", BXL_OK,
             "box:2 box.a():2 box:3 box.c d.:3 f=:1");
  check_scan("box.a:b()\nbox.a[1] = 2", BXL_OK, "box:1 box.a():1 box.a.b():1 box:2 box.a():2");
  // A local of that name is something else, unless it is the module.
  check_scan("local box = {}\nbox.a()\nlocal function f(box) box.b() end", BXL_OK, "");
  check_scan("for _, box in pairs(t) do box.a() end\nfor box = 1, 2 do local x = box.a end", BXL_OK, "pairs:1 t:1");
  check_scan("local box = require 'box'\nif x then y() end\nlocal function f() return box.a(), 1 end", BXL_OK,
             "require:1 x:2 y:2 box.a():3");
  check_scan("local k = box.kv\nfunction f()\n  return function() k.get() end\nend", BXL_OK,
             "box:1 box.kv.get():3 f=:2 box.kv.:1");
  check_scan("local m = require 'lib.box'\nm.a()", BXL_OK, "require:1");
  check_scan("local box <const> = require('box')\nbox.a()", BXL_OK, "require:1 box.a():2");
  // What may be another value is not followed.
  check_scan("local b = mine or box\nb.a()", BXL_OK, "mine:1 box:1");
  check_scan("local b = x and box or y\nb.a()", BXL_OK, "x:1 box:1 y:1");
  check_scan("(x or box).a()", BXL_OK, "x:1 box:1");
  check_scan("local b = box\nb.a()\nb = {}\nb.c()", BXL_OK, "box:1");
  check_scan("local b = box\nlocal function f() b = {} end\nf()\nb.a()", BXL_OK, "box:1");
  check_scan("local b = box\nlocal function f() return function() b = {} end end\nfunction g() b.a() end", BXL_OK,
             "box:1 g=:3");
  check_scan("local b\nwhile x do b = b or box; b.a() end", BXL_OK, "x:2 box:2");
  check_scan("local b = box\nfor i = 1, 2 do b.a() b = i end", BXL_OK, "box:1");
  check_scan("local x = box.a\nif x then x() end", BXL_OK, "box:1 box.a.:1");
  // The register of an ended local is another's.
  check_scan("do local b = box end\ndo local c = {} c.a() end\nlocal d\nlocal e = d.a", BXL_OK, "box:1");
  check_scan("do local b = box end\nfor b = 1, 2 do x = b.a end", BXL_OK, "box:1 x=:2");
}

/// Names beyond the 255th constant stand in registers, and lines far apart in a table of their own.
static void test_many_constants(void) {
  // Up to 131,072 constants are reached by LOADK, more by LOADKX.
  static const int fillers[] = {0, 300, 140000};
  static char chunk[1 << 21];
  for (size_t f = 0; f < sizeof fillers / sizeof *fillers; f++) {
    size_t length = (size_t)snprintf(chunk, sizeof chunk, "local t = { 'first'");
    for (int i = 0; i < fillers[f]; i++) {
      length += (size_t)snprintf(chunk + length, sizeof chunk - length, ",%d.5", i);
    }
    length += (size_t)snprintf(chunk + length, sizeof chunk - length,
                               "}\nread = 1\nwrite = a and b or c\nlocal l = call(one, read)\n"
                               "left, l, right = 1, 2, function() inner = l end\n");
    memset(chunk + length, '\n', 200);
    snprintf(chunk + length + 200, sizeof chunk - length - 200, "last = x");
    check_scan(chunk, BXL_OK,
               "read=:2 a:3 b:3 c:3 write=:3 call:4 one:4 read:4 inner==:5 right=:5 left=:5 x:206 last=:206");
  }
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  lua_State *L = open_state();
  RUN(L, decoding);
  RUN(L, lenient);
  RUN(L, encoding);
  RUN(L, inspecting);
  test_budget(L);
  test_memory(L);
  test_truncation(L);
  test_mutations(L);
  lua_close(L);
  test_globals();
  test_members();
  test_many_constants();
  printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
