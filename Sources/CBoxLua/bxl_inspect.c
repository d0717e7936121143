// `box.inspect`: any value as readable text, the same for the same content. Runs nothing of a script.
#include "bxl_text.h"

#include <math.h>

/// Longer texts are cut: the whole one, each string in it, each table in it.
#define LONGEST_TEXT ((size_t)256 << 10)
#define LONGEST_STRING 4096
#define MOST_ENTRIES 1000
/// Deeper tables stay closed.
#define DEEPEST 20
/// What is shorter stands on one line.
#define LINE_WIDTH 76

typedef struct inspector {
  bxl_writer out;
  /// The tables that are open, to tell cycles.
  const void *above[DEEPEST];
  /// Nothing more is written beyond this length.
  size_t limit;
  /// Whether all goes on one line, as a try: it is taken back when it reaches the limit.
  bool is_one_line;
} inspector;

static bool is_full(const inspector *i) { return i->out.length > i->limit; }

/// Appends text in quotation marks, what cannot be shown as escapes. [-0, +0], may raise.
static void show_string(inspector *i, const char *text, size_t length) {
  bxl_write(&i->out, "\"", 1);
  for (size_t at = 0; at < length && !is_full(i);) {
    if (at >= LONGEST_STRING) {
      bxl_write_text(&i->out, "…");
      break;
    }
    bxl_step(i->out.L);
    unsigned char c = (unsigned char)text[at];
    size_t step = bxl_utf8_length(text + at, length - at);
    if (step > 0 && c >= 0x20 && c != 0x7F && c != '"' && c != '\\') {
      bxl_write(&i->out, text + at, step);
      at += step;
      continue;
    }
    char escape[8];
    if (c == '\n' || c == '\t' || c == '\r' || c == '"' || c == '\\') {
      snprintf(escape, sizeof escape, "\\%c", c == '\n' ? 'n' : c == '\t' ? 't' : c == '\r' ? 'r' : c);
    } else {
      snprintf(escape, sizeof escape, "\\x%02X", c);
    }
    bxl_write_text(&i->out, escape);
    at++;
  }
  bxl_write(&i->out, "\"", 1);
}

static bool is_word(const char *text, size_t length) {
  static const char *const reserved[] = {"and", "break", "do", "else", "elseif", "end", "false", "for", "function",
                                         "goto", "if", "in", "local", "nil", "not", "or", "repeat", "return", "then",
                                         "true", "until", "while"};
  if (length == 0 || length > 64 || (text[0] >= '0' && text[0] <= '9')) return false;
  for (size_t i = 0; i < length; i++) {
    char c = text[i];
    if (c != '_' && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z')) return false;
  }
  for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
    if (strlen(reserved[i]) == length && memcmp(reserved[i], text, length) == 0) return false;
  }
  return true;
}

static void show_value(inspector *i, int index, int depth);

/// Goes to the next entry: on a line of its own, or behind a space.
static void show_gap(inspector *i, int depth) {
  bxl_write_text(&i->out, i->is_one_line ? " " : "\n");
  for (int level = 0; level < depth && !i->is_one_line; level++) bxl_write(&i->out, "  ", 2);
}

/// Shows the key on top. `next` is the position that needs none. [-0, +0], may raise.
static void show_key(inspector *i, const bxl_key *key, lua_Integer *next, int depth) {
  lua_State *L = i->out.L;
  if (lua_isinteger(L, -1) && lua_tointeger(L, -1) == *next) {
    ++*next;
  } else if (key->kind == BXL_KEY_TEXT && is_word(key->bytes, key->length)) {
    bxl_write(&i->out, key->bytes, key->length);
    bxl_write_text(&i->out, " = ");
  } else {
    bxl_write(&i->out, "[", 1);
    show_value(i, lua_gettop(L), depth);
    bxl_write_text(&i->out, "] = ");
  }
}

/// Shows the entries whose keys stand in the table at `list`, in order. Returns how many it showed. [-0, +0], may raise.
static size_t show_entries(inspector *i, int index, int list, const bxl_key *keys, size_t count, int depth) {
  lua_State *L = i->out.L;
  lua_Integer next = 1;
  size_t shown = 0;
  for (; shown < count && shown < MOST_ENTRIES && !is_full(i); shown++) {
    bxl_step(L);
    if (shown > 0) bxl_write(&i->out, ",", 1);
    show_gap(i, depth + 1);
    lua_rawgeti(L, list, keys[shown].index);
    show_key(i, &keys[shown], &next, depth + 1);
    lua_rawget(L, index);
    show_value(i, lua_gettop(L), depth + 1);
    lua_pop(L, 1);
  }
  return shown;
}

/// Shows the braces and what is between them. [-0, +0], may raise.
static void show_braces(inspector *i, int index, int list, const bxl_key *keys, size_t count, int depth) {
  // Tables and functions as keys have no order that would be the same tomorrow: they are counted.
  size_t named = count;
  while (named > 0 && keys[named - 1].kind == BXL_KEY_OTHER) named--;
  bxl_write(&i->out, "{", 1);
  size_t shown = show_entries(i, index, list, keys, named, depth);
  char rest[64];
  if (shown < named) {
    if (shown > 0) bxl_write(&i->out, ",", 1);
    show_gap(i, depth + 1);
    snprintf(rest, sizeof rest, "… %zu more", named - shown);
    bxl_write_text(&i->out, rest);
  }
  if (named < count) {
    if (named > 0) bxl_write(&i->out, ",", 1);
    show_gap(i, depth + 1);
    snprintf(rest, sizeof rest, "<%zu keys that are no text>", count - named);
    bxl_write_text(&i->out, rest);
  }
  if (count > 0) show_gap(i, depth);
  bxl_write(&i->out, "}", 1);
}

/// Whether the braces fit on one line; if not, nothing is written. [-0, +0], may raise.
static bool show_on_one_line(inspector *i, int index, int list, const bxl_key *keys, size_t count, int depth) {
  size_t begin = i->out.length, limit = i->limit;
  // The shortest entry takes three characters.
  if (count > LINE_WIDTH / 3) return false;
  if (begin + LINE_WIDTH < limit) i->limit = begin + LINE_WIDTH;
  i->is_one_line = true;
  show_braces(i, index, list, keys, count, depth);
  i->is_one_line = false;
  bool fits = !is_full(i);
  i->limit = limit;
  if (!fits) i->out.length = begin;
  return fits;
}

/// Shows the table at `index` (absolute). [-0, +0], may raise.
static void show_table(inspector *i, int index, int depth) {
  lua_State *L = i->out.L;
  const void *table = lua_topointer(L, index);
  for (int level = 0; level < depth; level++) {
    if (i->above[level] == table) {
      bxl_write_text(&i->out, "<cycle>");
      return;
    }
  }
  if (depth == DEEPEST) {
    bxl_write_text(&i->out, "{…}");
    return;
  }
  i->above[depth] = table;
  size_t count = 0;
  const bxl_key *keys = bxl_push_keys(L, index, &count);
  int list = lua_gettop(L) - 1;
  if (count == 0) {
    bxl_write_text(&i->out, "{}");
  } else if (i->is_one_line || !show_on_one_line(i, index, list, keys, count, depth)) {
    show_braces(i, index, list, keys, count, depth);
  }
  lua_settop(L, list - 1);
}

/// Shows the value at `index` (absolute). [-0, +0], may raise.
static void show_value(inspector *i, int index, int depth) {
  lua_State *L = i->out.L;
  char number[32];
  luaL_checkstack(L, 12, "inspect");
  if (is_full(i)) return;
  if (bxl_is_event(L, index)) {
    bxl_event_table(L, index);
    show_table(i, lua_gettop(L), depth);
    lua_pop(L, 1);
    return;
  }
  switch (lua_type(L, index)) {
    case LUA_TNIL: bxl_write_text(&i->out, "nil"); return;
    case LUA_TBOOLEAN: bxl_write_text(&i->out, lua_toboolean(L, index) ? "true" : "false"); return;
    case LUA_TNUMBER:
      if (lua_isinteger(L, index)) {
        snprintf(number, sizeof number, "%lld", (long long)lua_tointeger(L, index));
        bxl_write_text(&i->out, number);
      } else if (isnan(lua_tonumber(L, index))) {
        bxl_write_text(&i->out, "nan");
      } else {
        bxl_write_float(&i->out, lua_tonumber(L, index));
      }
      return;
    case LUA_TSTRING: {
      size_t length = 0;
      const char *text = lua_tolstring(L, index, &length);
      show_string(i, text, length);
      return;
    }
    case LUA_TTABLE: show_table(i, index, depth); return;
    default: break;
  }
  if (bxl_is_null(L, index)) {
    bxl_write_text(&i->out, "null");
  } else if (luaL_testudata(L, index, BXL_SECRET_META)) {
    bxl_write_text(&i->out, "***");
  } else {
    bxl_write_text(&i->out, "<");
    bxl_write_text(&i->out, lua_typename(L, lua_type(L, index)));
    bxl_write_text(&i->out, ">");
  }
}

/// `inspect(value)`: the text, cut at 256 KiB. [-0, +1], may raise.
int bxl_inspect(lua_State *L) {
  luaL_checkany(L, 1);
  lua_settop(L, 1);
  inspector i = {.limit = LONGEST_TEXT};
  bxl_writer_open(&i.out, L);
  show_value(&i, 1, 0);
  if (is_full(&i)) {
    size_t end = LONGEST_TEXT;
    while (end > 0 && ((unsigned char)i.out.bytes[end] & 0xC0) == 0x80) end--;
    i.out.length = end;
    bxl_write_text(&i.out, "…");
  }
  lua_pushlstring(L, i.out.bytes, i.out.length);
  return 1;
}
