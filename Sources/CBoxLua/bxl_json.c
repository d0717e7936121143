// `box.json`, its null and its arrays.
#include "bxl.h"

// ---- Null and arrays ------------------------------------------------------------------------------------------------

static char null_anchor;

void bxl_push_null(lua_State *L) { lua_pushlightuserdata(L, &null_anchor); }

bool bxl_is_null(lua_State *L, int index) {
  return lua_type(L, index) == LUA_TLIGHTUSERDATA && lua_touserdata(L, index) == &null_anchor;
}

/// Pushes the metatable of arrays. [-0, +1], may raise (memory).
static void push_array_meta(lua_State *L) {
  if (!luaL_newmetatable(L, BXL_ARRAY_META)) return;
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  // Without its name a marked table prints as any other.
  lua_pushnil(L);
  lua_setfield(L, -2, "__name");
}

void bxl_mark_array(lua_State *L) {
  luaL_checkstack(L, 4, "array");
  push_array_meta(L);
  lua_setmetatable(L, -2);
}

/// Whether the table carries the arrays' mark. [-0, +0]
static bool is_marked(lua_State *L, int index) {
  if (!lua_getmetatable(L, index)) return false;
  luaL_getmetatable(L, BXL_ARRAY_META);
  bool same = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return same;
}

lua_Integer bxl_array_length(lua_State *L, int index) {
  luaL_checkstack(L, 4, "array");
  index = lua_absindex(L, index);
  lua_Integer count = 0, strings = 0, largest = 0;
  lua_pushnil(L);
  while (lua_next(L, index)) {
    bxl_step(L);
    lua_pop(L, 1);
    lua_Integer key = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : 0;
    if (lua_type(L, -1) == LUA_TSTRING) {
      strings++;
    } else if (key >= 1) {
      count++;
      if (key > largest) largest = key;
    } else {
      strings = count = 1;
    }
    if (strings > 0 && count > 0) {
      lua_pop(L, 1);
      return -2;
    }
  }
  if (count > 0) return largest == count ? count : -2;
  return strings == 0 && is_marked(L, index) ? 0 : -1;
}

// ---- box.json -------------------------------------------------------------------------------------------------------

/// `decode(text)`: the value, or nil and a message with the byte offset.
static int json_decode(lua_State *L) {
  if (lua_type(L, 1) != LUA_TSTRING) return luaL_typeerror(L, 1, "string");
  lua_settop(L, 1);
  size_t length = 0, offset = 0;
  const char *text = lua_tolstring(L, 1, &length);
  const char *fault = bxl_json_decode(L, text, length, 0, &offset);
  if (fault == NULL) return 1;
  lua_pushnil(L);
  lua_pushfstring(L, "%s at byte %I", fault, (LUAI_UACINT)offset);
  return 2;
}

/// Whether the options at `index` ask for `pretty`. A misspelt option is an error. [-0, +0], may raise.
static bool wants_pretty(lua_State *L, int index) {
  bool pretty = false;
  luaL_checktype(L, index, LUA_TTABLE);
  lua_pushnil(L);
  while (lua_next(L, index)) {
    bxl_step(L);
    if (lua_type(L, -2) != LUA_TSTRING || strcmp(lua_tostring(L, -2), "pretty") != 0) {
      lua_pop(L, 1);
      const char *name = luaL_tolstring(L, -1, NULL);
      luaL_argerror(L, index, lua_pushfstring(L, "there is no option '%s', only 'pretty'", name));
    }
    luaL_argcheck(L, lua_isboolean(L, -1), index, "the option 'pretty' is true or false");
    pretty = lua_toboolean(L, -1);
    lua_pop(L, 1);
  }
  return pretty;
}

/// `encode(value [, options])`: the text.
static int json_encode(lua_State *L) {
  luaL_checkany(L, 1);
  lua_settop(L, 2);
  bxl_json_encode(L, 1, !lua_isnil(L, 2) && wants_pretty(L, 2), "value");
  return 1;
}

/// `array([t])`: the same table, which encodes as `[]` when it is empty.
static int json_array(lua_State *L) {
  if (lua_isnone(L, 1)) lua_newtable(L);
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  if (is_marked(L, 1)) return 1;
  if (lua_getmetatable(L, 1)) return luaL_argerror(L, 1, "plain table expected, got one with a metatable");
  lua_pushnil(L);
  if (lua_next(L, 1)) {
    lua_settop(L, 1);
    if (bxl_array_length(L, 1) < 0) return luaL_argerror(L, 1, "array expected, got a table with other keys or holes");
  }
  bxl_mark_array(L);
  return 1;
}

static int null_tostring(lua_State *L) {
  lua_pushliteral(L, "null");
  return 1;
}

int bxl_open_json(lua_State *L) {
  static const luaL_Reg functions[] = {
    {"decode", json_decode}, {"encode", json_encode}, {"array", json_array}, {NULL, NULL}};
  luaL_newlib(L, functions);
  bxl_push_null(L);
  lua_createtable(L, 0, 3);
  lua_pushcfunction(L, null_tostring);
  lua_setfield(L, -2, "__tostring");
  lua_pushliteral(L, "null");
  lua_setfield(L, -2, "__name");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  lua_setfield(L, -2, "null");
  return 1;
}
