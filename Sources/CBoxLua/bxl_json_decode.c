// JSON to Lua values: RFC 8259, with the leniency that Box's own texts get.
//
// The values of an object or array wait on Lua's stack until it ends, so that its table is made once and in the right
// size; only long ones grow as Lua's tables do.
#include "bxl_json.h"

/// So many values of an array, or members of an object, wait on the stack.
#define WAITING_VALUES 32
#define WAITING_MEMBERS 16

static bool read_value(bxl_json_reader *r, bool as_text);

/// The byte that is read next; 0, which is nowhere right, at the end.
static char peek(const bxl_json_reader *r) { return r->at < r->length ? r->text[r->at] : '\0'; }

static void skip_space(bxl_json_reader *r) {
  for (; r->at < r->length; r->at++) {
    char c = r->text[r->at];
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return;
    if ((r->at & 63) == 0) bxl_step(r->L);
  }
}

static bool read_word(bxl_json_reader *r, const char *word, size_t length) {
  if (r->length - r->at < length || memcmp(r->text + r->at, word, length) != 0) return false;
  size_t end = r->at + length;
  if (end < r->length && (unsigned char)r->text[end] > ' ' && strchr(",]}", r->text[end]) == NULL) return false;
  r->at = end;
  return true;
}

// ---- Objects --------------------------------------------------------------------------------------------------------

/// Whether the text on top names an id or a position. [-0, +0]
static bool is_id_name(lua_State *L) {
  static const char next_position[] = "next_stream_position", position[] = "stream_position";
  size_t length;
  const char *name = lua_tolstring(L, -1, &length);
  if (length == 2) return memcmp(name, "id", 2) == 0;
  if (length > 2 && memcmp(name + length - 3, "_id", 3) == 0) return true;
  if (length == sizeof position - 1) return memcmp(name, position, length) == 0;
  return length == sizeof next_position - 1 && memcmp(name, next_position, length) == 0;
}

/// Reads `"name": value`. [-0, +2], or false with anything above the caller's values.
static bool read_member(bxl_json_reader *r) {
  bxl_step(r->L);
  skip_space(r);
  if (peek(r) != '"') return bxl_json_fail(r, "a member's name expected");
  if (!bxl_json_read_string(r)) return false;
  bool as_text = r->lenient && is_id_name(r->L);
  skip_space(r);
  if (peek(r) != ':') return bxl_json_fail(r, "':' expected");
  r->at++;
  return read_value(r, as_text);
}

/// Puts a table with the members above `place` there. In their order: of equal names the last one wins, and a null
/// takes its name away again. [-2 * count, +0], may raise (memory).
static void gather_members(lua_State *L, int place, int count, int size) {
  lua_createtable(L, 0, size);
  lua_replace(L, place);
  for (int i = 1; i <= count; i++) {
    lua_pushvalue(L, place + 2 * i - 1);
    lua_pushvalue(L, place + 2 * i);
    lua_rawset(L, place);
  }
  lua_settop(L, place);
}

/// [-0, +1], or false with anything above the caller's values.
static bool read_object(bxl_json_reader *r) {
  lua_State *L = r->L;
  luaL_checkstack(L, 2 * WAITING_MEMBERS + 10, "JSON");
  lua_pushnil(L);
  const int place = lua_gettop(L);
  int waiting = 0;
  r->at++;
  skip_space(r);
  if (peek(r) == '}') {
    r->at++;
    gather_members(L, place, 0, 0);
    return true;
  }
  for (;;) {
    if (!read_member(r)) return false;
    if (waiting < 0) {
      lua_rawset(L, place);
    } else if (++waiting == WAITING_MEMBERS) {
      gather_members(L, place, waiting, 2 * WAITING_MEMBERS);
      waiting = -1;
    }
    skip_space(r);
    char c = peek(r);
    if (c != ',' && c != '}') return bxl_json_fail(r, "',' or '}' expected");
    r->at++;
    if (c == '}') break;
  }
  if (waiting >= 0) gather_members(L, place, waiting, waiting);
  return true;
}

// ---- Arrays ---------------------------------------------------------------------------------------------------------

/// Puts a table with the values above `place` there. [-count, +0], may raise (memory).
static void gather_values(lua_State *L, int place, int count, int size) {
  lua_createtable(L, size, 0);
  lua_replace(L, place);
  for (int i = count; i > 0; i--) lua_rawseti(L, place, i);
}

/// As `read_object`.
static bool read_array(bxl_json_reader *r) {
  lua_State *L = r->L;
  luaL_checkstack(L, WAITING_VALUES + 10, "JSON");
  lua_pushnil(L);
  const int place = lua_gettop(L);
  lua_Integer count = 0;
  r->at++;
  skip_space(r);
  if (peek(r) == ']') {
    r->at++;
    gather_values(L, place, 0, 0);
    bxl_mark_array(L);
    return true;
  }
  for (;;) {
    bxl_step(L);
    if (!read_value(r, false)) return false;
    if (lua_isnil(L, -1)) {
      bxl_push_null(L);
      lua_replace(L, -2);
    }
    if (++count > WAITING_VALUES) {
      lua_rawseti(L, place, count);
    } else if (count == WAITING_VALUES) {
      gather_values(L, place, WAITING_VALUES, 2 * WAITING_VALUES);
    }
    skip_space(r);
    char c = peek(r);
    if (c != ',' && c != ']') return bxl_json_fail(r, "',' or ']' expected");
    r->at++;
    if (c == ']') break;
  }
  if (count < WAITING_VALUES) gather_values(L, place, (int)count, (int)count);
  return true;
}

// ---- Values ---------------------------------------------------------------------------------------------------------

/// Reads one value, nil for null. [-0, +1], or false with anything above the caller's values.
static bool read_value(bxl_json_reader *r, bool as_text) {
  skip_space(r);
  char c = peek(r);
  if (c == '"') return bxl_json_read_string(r);
  if (c == '-' || (c >= '0' && c <= '9')) return bxl_json_read_number(r, as_text);
  if (c == '{' || c == '[') {
    if (r->depth == BXL_MAX_DEPTH) return bxl_json_fail(r, "nested deeper than 1000 levels");
    r->depth++;
    bool is_read = c == '{' ? read_object(r) : read_array(r);
    r->depth--;
    return is_read;
  }
  if (c == 'n' && read_word(r, "null", 4)) {
    lua_pushnil(r->L);
    return true;
  }
  bool is_true = c == 't' && read_word(r, "true", 4);
  if (is_true || (c == 'f' && read_word(r, "false", 5))) {
    lua_pushboolean(r->L, is_true);
    return true;
  }
  return bxl_json_read_malformed(r, "a value expected");
}

const char *bxl_json_decode(lua_State *L, const char *text, size_t length, int flags, size_t *offset) {
  luaL_checkstack(L, 10, "JSON");
  const int top = lua_gettop(L);
  bxl_json_reader r = {.L = L, .text = text, .length = length, .lenient = (flags & BXL_JSON_LENIENT) != 0};
  if (read_value(&r, false)) {
    skip_space(&r);
    if (r.at == length) return NULL;
    r.fault = "nothing more expected";
  }
  lua_settop(L, top);
  *offset = r.at;
  return r.fault;
}
