// `string`: Lua's own, except for what could run for longer than a budget. Searching and repeating are ours and charge
// steps; `dump` is gone, for scripts see no byte code. What is left of Lua's takes time in proportion to the strings
// that it reads and makes, and the memory limit bounds those.
#include "bxl_pattern.h"

/// A pattern without any of these is plain text.
#define SPECIALS "^$*+?.([%-"

// ---- Arguments ------------------------------------------------------------------------------------------------------

static bxl_bytes check_bytes(lua_State *L, int argument) {
  bxl_bytes text;
  text.bytes = luaL_checklstring(L, argument, &text.length);
  return text;
}

/// The optional position at `argument` as an offset from 0; negative ones count from the end. May be beyond the end.
static size_t check_start(lua_State *L, int argument, size_t length) {
  lua_Integer position = luaL_optinteger(L, argument, 1);
  if (position > 0) return (size_t)position - 1;
  if (position == 0 || position < -(lua_Integer)length) return 0;
  return length - (size_t)-position;
}

/// Takes a leading '^' off a pattern. Whether there was one.
static bool take_anchor(bxl_bytes *pattern) {
  if (pattern->length == 0 || pattern->bytes[0] != '^') return false;
  pattern->bytes++;
  pattern->length--;
  return true;
}

// ---- find, match ----------------------------------------------------------------------------------------------------

static bool is_plain(bxl_bytes pattern) {
  const char *end = pattern.bytes + pattern.length;
  // strpbrk stops at a '\0', which a pattern may hold.
  for (const char *part = pattern.bytes; part <= end; part += strlen(part) + 1) {
    if (strpbrk(part, SPECIALS) != NULL) return false;
  }
  return true;
}

/// The first place of `needle`, or NULL. Each place where its first byte stands costs a step.
static const char *find_plain(lua_State *L, bxl_bytes text, bxl_bytes needle) {
  if (needle.length == 0) return text.bytes;
  const char *from = text.bytes;
  const char *end = text.bytes + text.length;
  while ((size_t)(end - from) >= needle.length) {
    bxl_step(L);
    from = memchr(from, needle.bytes[0], (size_t)(end - from) - needle.length + 1);
    if (from == NULL) return NULL;
    if (memcmp(from, needle.bytes, needle.length) == 0) return from;
    from++;
  }
  return NULL;
}

/// [-0, +1 or 2]
static int push_plain(lua_State *L, bxl_bytes text, bxl_bytes needle, size_t start) {
  const char *found = find_plain(L, (bxl_bytes){text.bytes + start, text.length - start}, needle);
  if (found == NULL) {
    luaL_pushfail(L);
    return 1;
  }
  lua_pushinteger(L, found - text.bytes + 1);
  lua_pushinteger(L, found - text.bytes + (lua_Integer)needle.length);
  return 2;
}

/// `find` gives the place first, `match` only what was captured. [-0, +n], may raise
static int search(lua_State *L, bool is_find) {
  bxl_bytes text = check_bytes(L, 1);
  bxl_bytes pattern = check_bytes(L, 2);
  size_t start = check_start(L, 3, text.length);
  if (start > text.length) {
    luaL_pushfail(L);
    return 1;
  }
  if (is_find && (lua_toboolean(L, 4) || is_plain(pattern))) return push_plain(L, text, pattern, start);
  bool is_anchored = take_anchor(&pattern);
  bxl_matcher matcher;
  bxl_matcher_begin(&matcher, L, text, pattern);
  const char *from = text.bytes + start;
  do {
    const char *end = bxl_match_at(&matcher, from);
    if (end != NULL) {
      if (!is_find) return bxl_push_captures(&matcher, from, end);
      lua_pushinteger(L, from - text.bytes + 1);
      lua_pushinteger(L, end - text.bytes);
      return 2 + bxl_push_captures(&matcher, NULL, NULL);
    }
  } while (from++ < matcher.subject_end && !is_anchored);
  luaL_pushfail(L);
  return 1;
}

static int string_find(lua_State *L) { return search(L, true); }
static int string_match(lua_State *L) { return search(L, false); }

// ---- gmatch ---------------------------------------------------------------------------------------------------------

/// Where an iteration stands: the upvalue beside its two strings.
typedef struct iteration {
  size_t next;
  /// The end of the last match: an empty match right there is none of its own. -1 before the first.
  ptrdiff_t last_end;
} iteration;

static int next_match(lua_State *L) {
  bxl_bytes text, pattern;
  text.bytes = lua_tolstring(L, lua_upvalueindex(1), &text.length);
  pattern.bytes = lua_tolstring(L, lua_upvalueindex(2), &pattern.length);
  iteration *place = lua_touserdata(L, lua_upvalueindex(3));
  bxl_matcher matcher;
  bxl_matcher_begin(&matcher, L, text, pattern);
  for (size_t from = place->next; from <= text.length; from++) {
    const char *end = bxl_match_at(&matcher, text.bytes + from);
    if (end != NULL && end - text.bytes != place->last_end) {
      place->last_end = end - text.bytes;
      place->next = (size_t)place->last_end;
      return bxl_push_captures(&matcher, text.bytes + from, end);
    }
  }
  return 0;
}

static int string_gmatch(lua_State *L) {
  bxl_bytes text = check_bytes(L, 1);
  check_bytes(L, 2);
  size_t start = check_start(L, 3, text.length);
  lua_settop(L, 2);
  iteration *place = lua_newuserdatauv(L, sizeof *place, 0);
  *place = (iteration){start, -1};
  lua_pushcclosure(L, next_match, 3);
  return 1;
}

// ---- gsub -----------------------------------------------------------------------------------------------------------

/// Appends the replacement string (argument 3) with `%0` to `%9` and `%%` filled in.
static void add_template(const bxl_matcher *m, luaL_Buffer *into, const char *start, const char *end) {
  lua_State *L = m->L;
  size_t length;
  const char *part = lua_tolstring(L, 3, &length);
  const char *part_end = part + length;
  const char *escape;
  while ((escape = memchr(part, '%', (size_t)(part_end - part))) != NULL) {
    // Captures may be empty: a long template then takes time without taking memory.
    bxl_step(L);
    luaL_addlstring(into, part, (size_t)(escape - part));
    const char kind = escape[1];
    if (kind == '%') {
      luaL_addchar(into, '%');
    } else if (kind == '0') {
      luaL_addlstring(into, start, (size_t)(end - start));
    } else if ('1' <= kind && kind <= '9') {
      const char *text;
      ptrdiff_t size = bxl_get_capture(m, kind - '1', start, end, &text);
      if (size == BXL_CAPTURE_POSITION) {
        lua_pushinteger(L, text - m->subject + 1);
        luaL_addvalue(into);
      } else {
        luaL_addlstring(into, text, (size_t)size);
      }
    } else {
      luaL_error(L, "invalid use of '%%' in replacement string");
    }
    part = escape + 2;
  }
  luaL_addlstring(into, part, (size_t)(part_end - part));
}

/// Appends what stands for one match. False if the match itself stays. May raise and call what the script gave.
static bool add_replacement(const bxl_matcher *m, luaL_Buffer *into, const char *start, const char *end) {
  lua_State *L = m->L;
  switch (lua_type(L, 3)) {
    case LUA_TFUNCTION:
      lua_pushvalue(L, 3);
      lua_call(L, bxl_push_captures(m, start, end), 1);
      break;
    case LUA_TTABLE:
      bxl_push_capture(m, 0, start, end);
      lua_gettable(L, 3);
      break;
    default: add_template(m, into, start, end); return true;
  }
  if (!lua_toboolean(L, -1)) {
    lua_pop(L, 1);
    luaL_addlstring(into, start, (size_t)(end - start));
    return false;
  }
  if (!lua_isstring(L, -1)) luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
  luaL_addvalue(into);
  return true;
}

static int string_gsub(lua_State *L) {
  bxl_bytes text = check_bytes(L, 1);
  bxl_bytes pattern = check_bytes(L, 2);
  int type = lua_type(L, 3);
  lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)text.length + 1);
  luaL_argexpected(L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
                   "string/function/table");
  bool is_anchored = take_anchor(&pattern);
  bxl_matcher matcher;
  bxl_matcher_begin(&matcher, L, text, pattern);
  luaL_Buffer result;
  luaL_buffinit(L, &result);
  const char *from = text.bytes;
  const char *last_end = NULL;
  lua_Integer count = 0;
  bool is_changed = false;
  while (count < most) {
    const char *end = bxl_match_at(&matcher, from);
    if (end != NULL && end != last_end) {
      count++;
      if (add_replacement(&matcher, &result, from, end)) is_changed = true;
      from = last_end = end;
    } else if (from < matcher.subject_end) {
      luaL_addchar(&result, *from++);
    } else {
      break;
    }
    if (is_anchored) break;
  }
  if (is_changed) {
    luaL_addlstring(&result, from, (size_t)(matcher.subject_end - from));
    luaL_pushresult(&result);
  } else {
    lua_pushvalue(L, 1);
  }
  lua_pushinteger(L, count);
  return 2;
}

// ---- rep ------------------------------------------------------------------------------------------------------------

static int string_rep(lua_State *L) {
  bxl_bytes text = check_bytes(L, 1);
  lua_Integer count = luaL_checkinteger(L, 2);
  bxl_bytes separator = {"", 0};
  separator.bytes = luaL_optlstring(L, 3, "", &separator.length);
  size_t unit = text.length + separator.length;
  if (count > 0 && unit > (size_t)LUA_MAXINTEGER / (size_t)count) return luaL_error(L, "resulting string too large");
  size_t total = count > 0 ? (size_t)count * unit - separator.length : 0;
  // Nothing any number of times is nothing: Lua's own would count to that number.
  if (total == 0) {
    lua_pushliteral(L, "");
    return 1;
  }
  luaL_Buffer result;
  char *bytes = luaL_buffinitsize(L, &result, total);
  memcpy(bytes, text.bytes, text.length);
  if (count > 1) memcpy(bytes + text.length, separator.bytes, separator.length);
  // What is there is doubled: whole units, the last one without its separator.
  for (size_t done = unit; done < total;) {
    bxl_step(L);
    size_t more = done < total - done ? done : total - done;
    memcpy(bytes + done, bytes, more);
    done += more;
  }
  luaL_pushresultsize(&result, total);
  return 1;
}

int bxl_open_string(lua_State *L) {
  static const luaL_Reg ours[] = {
      {"find", string_find}, {"match", string_match}, {"gmatch", string_gmatch},
      {"gsub", string_gsub}, {"rep", string_rep},     {NULL, NULL},
  };
  // Also gives strings their metatable, whose __index is this very table and whose other fields are arithmetic.
  luaopen_string(L);
  luaL_setfuncs(L, ours, 0);
  lua_pushnil(L);
  lua_setfield(L, -2, "dump");
  return 1;
}
