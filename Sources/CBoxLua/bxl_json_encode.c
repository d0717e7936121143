// Lua values to JSON. Raw access only: nothing of a script runs here.
#include "bxl_text.h"

#include <math.h>

/// Where the encoder stands: a table, and the key or number inside it. Frames live on the C stack.
typedef struct frame {
  const struct frame *parent;
  const void *table;
  const char *key;
  size_t key_length;
  lua_Integer number;
  int depth;
} frame;

typedef struct encoder {
  bxl_writer out;
  const char *name;
  bool pretty;
  /// Whether an event is written as `event:table()` has it, and not as Box sent it.
  bool decodes_events;
} encoder;

// ---- Errors ---------------------------------------------------------------------------------------------------------

static bool is_name(const char *text, size_t length) {
  if (length == 0 || length > 64 || (text[0] >= '0' && text[0] <= '9')) return false;
  for (size_t i = 0; i < length; i++) {
    char c = text[i];
    if (c != '_' && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z')) return false;
  }
  return true;
}

/// Appends the path's steps, the middle of a long one left out. [-0, +0], may raise.
static void write_path(bxl_writer *out, const frame *at, int depth) {
  if (at == NULL) return;
  write_path(out, at->parent, depth);
  if (at->depth > 12 && at->depth <= depth - 4) {
    if (at->depth == 13) bxl_write_text(out, "…");
    return;
  }
  if (at->key == NULL) {
    char number[32];
    snprintf(number, sizeof number, "[%lld]", (long long)at->number);
    bxl_write_text(out, number);
  } else if (is_name(at->key, at->key_length)) {
    bxl_write_text(out, ".");
    bxl_write(out, at->key, at->key_length);
  } else {
    bxl_write_text(out, "[\"");
    size_t shown = 0;
    while (shown < at->key_length && shown < 64) {
      size_t length = bxl_utf8_length(at->key + shown, at->key_length - shown);
      bool plain = length > 0 && (unsigned char)at->key[shown] >= 0x20;
      bxl_write(out, plain ? at->key + shown : "?", plain ? length : 1);
      shown += plain ? length : 1;
    }
    bxl_write_text(out, shown < at->key_length ? "…\"]" : "\"]");
  }
}

/// Raises an error that names where it is. Never returns.
static _Noreturn void refuse(encoder *e, const frame *at, const char *reason) {
  lua_State *L = e->out.L;
  luaL_checkstack(L, 8, "JSON");
  bxl_writer message;
  bxl_where(L);
  bxl_writer_open(&message, L);
  bxl_write_text(&message, e->name);
  write_path(&message, at, at == NULL ? 0 : at->depth);
  bxl_write_text(&message, ": ");
  bxl_write_text(&message, reason);
  lua_pushlstring(L, message.bytes, message.length);
  lua_remove(L, message.slot);
  lua_concat(L, 2);
  lua_error(L);
  __builtin_unreachable();
}

/// The table at `index` is neither array nor object: says why. Never returns.
static _Noreturn void refuse_keys(encoder *e, const frame *at, int index) {
  lua_State *L = e->out.L;
  bool has_names = false, has_numbers = false;
  lua_pushnil(L);
  while (lua_next(L, index)) {
    bxl_step(L);
    lua_pop(L, 1);
    has_names |= lua_type(L, -1) == LUA_TSTRING;
    has_numbers |= lua_type(L, -1) == LUA_TNUMBER;
    if (lua_type(L, -1) == LUA_TSTRING || (lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 1)) continue;
    if (lua_type(L, -1) == LUA_TNUMBER) {
      const char *number = luaL_tolstring(L, -1, NULL);
      refuse(e, at, lua_pushfstring(L, "a table with the number %s as a key cannot be JSON", number));
    }
    refuse(e, at, lua_pushfstring(L, "a table with a %s as a key cannot be JSON", luaL_typename(L, -1)));
  }
  if (has_names && has_numbers) refuse(e, at, "a table with both names and numbers as keys cannot be JSON");
  lua_Integer missing = 1;
  while (lua_rawgeti(L, index, missing) != LUA_TNIL) {
    bxl_step(L);
    lua_pop(L, 1);
    missing++;
  }
  refuse(e, at, lua_pushfstring(L, "an array with a hole cannot be JSON: [%I] is missing; box.json.null keeps a place",
                                (LUAI_UACINT)missing));
}

/// Says where the text stops being UTF-8. Never returns.
static _Noreturn void refuse_text(encoder *e, const frame *at, const char *text, size_t length) {
  size_t good = 0;
  for (size_t step; (step = bxl_utf8_length(text + good, length - good)) > 0; good += step) bxl_step(e->out.L);
  refuse(e, at, lua_pushfstring(e->out.L, "text that is not UTF-8 cannot be JSON (byte %I)", (LUAI_UACINT)good));
}

static _Noreturn void refuse_type(encoder *e, const frame *at, int index) {
  lua_State *L = e->out.L;
  luaL_checkstack(L, 4, "JSON");
  bool is_secret = luaL_testudata(L, index, BXL_SECRET_META) != NULL;
  const char *type = is_secret ? "secret" : lua_typename(L, lua_type(L, index));
  refuse(e, at, lua_pushfstring(L, "a %s cannot be JSON", type));
}

// ---- Values ---------------------------------------------------------------------------------------------------------

/// Appends text in quotation marks. False at invalid UTF-8. [-0, +0], may raise.
static bool write_string(bxl_writer *out, const char *text, size_t length) {
  bxl_write(out, "\"", 1);
  size_t begin = 0, at = 0;
  while (at < length) {
    if (at - begin >= 64) {
      bxl_step(out->L);
      bxl_write(out, text + begin, at - begin);
      begin = at;
    }
    unsigned char c = (unsigned char)text[at];
    if (c >= 0x20 && c != '"' && c != '\\') {
      size_t step = bxl_utf8_length(text + at, length - at);
      if (step == 0) return false;
      at += step;
      continue;
    }
    bxl_step(out->L);
    bxl_write(out, text + begin, at - begin);
    static const char codes[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *found = c == 0 ? NULL : strchr(codes, c);
    char escape[8];
    if (found != NULL) {
      snprintf(escape, sizeof escape, "\\%c", letters[found - codes]);
    } else {
      snprintf(escape, sizeof escape, "\\u%04x", c);
    }
    bxl_write_text(out, escape);
    begin = ++at;
  }
  bxl_write(out, text + begin, length - begin);
  bxl_write(out, "\"", 1);
  return true;
}

static void write_line(encoder *e, int depth) {
  if (!e->pretty) return;
  bxl_write(&e->out, "\n", 1);
  for (int i = 0; i < depth; i++) bxl_write(&e->out, "  ", 2);
}

static void write_value(encoder *e, int index, const frame *at);

/// [-0, +0], may raise.
static void write_array(encoder *e, int index, lua_Integer count, frame *inside) {
  lua_State *L = e->out.L;
  bxl_write(&e->out, "[", 1);
  for (lua_Integer i = 1; i <= count; i++) {
    bxl_step(L);
    if (i > 1) bxl_write(&e->out, ",", 1);
    write_line(e, inside->depth);
    inside->number = i;
    lua_rawgeti(L, index, i);
    write_value(e, lua_gettop(L), inside);
    lua_pop(L, 1);
  }
  if (count > 0) write_line(e, inside->depth - 1);
  bxl_write(&e->out, "]", 1);
}

/// [-0, +0], may raise.
static void write_object(encoder *e, int index, frame *inside) {
  lua_State *L = e->out.L;
  size_t count = 0;
  bxl_key *keys = bxl_push_keys(L, index, &count);
  int list = lua_gettop(L) - 1;
  bool first = true;
  bxl_write(&e->out, "{", 1);
  for (size_t i = 0; i < count; i++) {
    bxl_step(L);
    lua_rawgeti(L, list, keys[i].index);
    // A weak table may have lost it meanwhile.
    if (lua_rawget(L, index) != LUA_TNIL) {
      if (!first) bxl_write(&e->out, ",", 1);
      first = false;
      write_line(e, inside->depth);
      inside->key = keys[i].bytes;
      inside->key_length = keys[i].length;
      if (!write_string(&e->out, keys[i].bytes, keys[i].length)) {
        refuse(e, inside, "a key that is not UTF-8 cannot be JSON");
      }
      bxl_write_text(&e->out, e->pretty ? ": " : ":");
      write_value(e, lua_gettop(L), inside);
    }
    lua_pop(L, 1);
  }
  if (!first) write_line(e, inside->depth - 1);
  bxl_write(&e->out, "}", 1);
  lua_settop(L, list - 1);
}

/// [-0, +0], may raise.
static void write_table(encoder *e, int index, const frame *at) {
  lua_State *L = e->out.L;
  luaL_checkstack(L, 12, "JSON");
  frame inside = {.parent = at, .table = lua_topointer(L, index), .depth = at == NULL ? 1 : at->depth + 1};
  for (const frame *above = at; above != NULL; above = above->parent) {
    if (above->table == inside.table) refuse(e, at, "a table inside itself cannot be JSON");
  }
  if (inside.depth > BXL_MAX_DEPTH) refuse(e, at, "nested deeper than 1000 levels");
  lua_Integer count = bxl_array_length(L, index);
  if (count == -2) refuse_keys(e, at, index);
  if (count >= 0) {
    write_array(e, index, count, &inside);
  } else {
    write_object(e, index, &inside);
  }
}

/// Appends the value at `index` (absolute). [-0, +0], may raise.
static void write_value(encoder *e, int index, const frame *at) {
  lua_State *L = e->out.L;
  if (bxl_is_event(L, index)) {
    if (e->decodes_events) {
      luaL_checkstack(L, 12, "JSON");
      bxl_event_table(L, index);
      write_table(e, lua_gettop(L), at);
      lua_pop(L, 1);
      return;
    }
    size_t length = 0;
    const char *text = bxl_event_text(L, index, &length);
    bxl_write(&e->out, text, length);
    return;
  }
  switch (lua_type(L, index)) {
    case LUA_TNIL: bxl_write_text(&e->out, "null"); return;
    case LUA_TBOOLEAN: bxl_write_text(&e->out, lua_toboolean(L, index) ? "true" : "false"); return;
    case LUA_TNUMBER:
      if (lua_isinteger(L, index)) {
        char number[32];
        snprintf(number, sizeof number, "%lld", (long long)lua_tointeger(L, index));
        bxl_write_text(&e->out, number);
        return;
      }
      double number = lua_tonumber(L, index);
      if (isnan(number)) refuse(e, at, "NaN cannot be JSON");
      if (isinf(number)) refuse(e, at, number < 0 ? "-infinity cannot be JSON" : "infinity cannot be JSON");
      bxl_write_float(&e->out, number);
      return;
    case LUA_TSTRING: {
      size_t length = 0;
      const char *text = lua_tolstring(L, index, &length);
      if (!write_string(&e->out, text, length)) refuse_text(e, at, text, length);
      return;
    }
    case LUA_TTABLE: write_table(e, index, at); return;
    default:
      if (!bxl_is_null(L, index)) refuse_type(e, at, index);
      bxl_write_text(&e->out, "null");
  }
}

/// [-0, +1], may raise.
static void encode(lua_State *L, int index, encoder e) {
  index = lua_absindex(L, index);
  bxl_writer_open(&e.out, L);
  write_value(&e, index, NULL);
  lua_pushlstring(L, e.out.bytes, e.out.length);
  lua_replace(L, e.out.slot);
}

void bxl_json_encode(lua_State *L, int index, bool pretty, const char *name) {
  encode(L, index, (encoder){.name = name, .pretty = pretty});
}

void bxl_json_encode_decoded(lua_State *L, int index, const char *name) {
  encode(L, index, (encoder){.name = name, .decodes_events = true});
}
