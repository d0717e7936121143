// Sealing: the libraries become read-only, and globals must be declared.
#include "bxl.h"

static int refuse_change(lua_State *L) {
  const char *library = lua_tostring(L, lua_upvalueindex(1));
  bxl_where(L);
  if (lua_type(L, 2) == LUA_TSTRING) {
    lua_pushfstring(L, "%s.%s cannot be set: %s belongs to the host; keep your own functions in locals", library,
                    lua_tostring(L, 2), library);
  } else {
    lua_pushfstring(L, "%s cannot be changed: it belongs to the host; keep your own functions in locals", library);
  }
  lua_concat(L, 2);
  return lua_error(L);
}

static int next_of(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_replace(L, 1);
  if (lua_next(L, 1)) return 2;
  lua_pushnil(L);
  return 1;
}

/// `pairs` of a sealed library: all that is in it, without showing the table itself.
static int pairs_of(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushcclosure(L, next_of, 1);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

/// Replaces the table on top by an empty one that reads from it and refuses changes. `name` as in messages. [-1, +1]
static void freeze(lua_State *L, const char *name) {
  luaL_checkstack(L, 8, NULL);
  const int table = lua_gettop(L);
  // Tables inside it first (`box.kv.shared`); those with a metatable are objects of their own.
  lua_pushnil(L);
  while (lua_next(L, table)) {
    bool is_plain = lua_type(L, -1) == LUA_TTABLE && lua_type(L, -2) == LUA_TSTRING;
    if (is_plain && lua_getmetatable(L, -1)) is_plain = false;
    if (is_plain) {
      const char *inner = lua_pushfstring(L, "%s.%s", name, lua_tostring(L, -2));
      lua_pushvalue(L, table + 1);
      lua_pushvalue(L, table + 2);
      freeze(L, inner);
      lua_rawset(L, table);
    }
    lua_settop(L, table + 1);
  }
  lua_newtable(L);
  lua_createtable(L, 0, 5);
  lua_pushvalue(L, -3);
  lua_setfield(L, -2, "__index");
  lua_pushstring(L, name);
  lua_pushcclosure(L, refuse_change, 1);
  lua_setfield(L, -2, "__newindex");
  lua_pushvalue(L, -3);
  lua_pushcclosure(L, pairs_of, 1);
  lua_setfield(L, -2, "__pairs");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  lua_remove(L, -2);
  lua_getfield(L, LUA_REGISTRYINDEX, BXL_FROZEN);
  lua_pushvalue(L, -2);
  lua_pushboolean(L, 1);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

/// `__newindex` of the globals.
static int new_global(lua_State *L) {
  bxl_state *state = bxl_of(L);
  lua_settop(L, 3);
  lua_getfield(L, LUA_REGISTRYINDEX, BXL_DECLARED);
  lua_pushvalue(L, 2);
  bool is_declared = lua_rawget(L, 4) != LUA_TNIL;
  if (!is_declared && !state->globals_open) {
    bxl_where(L);
    if (lua_type(L, 2) == LUA_TSTRING) {
      lua_pushfstring(L, "assigning the undeclared global '%s' inside a handler: was `local` forgotten? A variable of the "
                         "whole file is declared at its top level", lua_tostring(L, 2));
    } else {
      lua_pushliteral(L, "assigning an undeclared global inside a handler");
    }
    lua_concat(L, 2);
    return lua_error(L);
  }
  // A global that was declared as nil is declared all the same.
  lua_pushvalue(L, 2);
  lua_pushboolean(L, 1);
  lua_rawset(L, 4);
  lua_pushvalue(L, 2);
  lua_pushvalue(L, 3);
  lua_rawset(L, 1);
  return 0;
}

static int seal(lua_State *L) {
  static const char *const libraries[] = {"string", "table", "math", "utf8", "os", "debug", "box", NULL};
  uint64_t seed = *(const uint64_t *)lua_touserdata(L, 1);
  lua_newtable(L);
  lua_setfield(L, LUA_REGISTRYINDEX, BXL_FROZEN);
  lua_pushglobaltable(L);
  lua_getfield(L, -1, "math");
  lua_getfield(L, -1, "randomseed");
  lua_pushinteger(L, (lua_Integer)seed);
  lua_call(L, 1, 0);
  lua_pop(L, 1);
  for (const char *const *name = libraries; *name != NULL; name++) {
    lua_getfield(L, -1, *name);
    freeze(L, *name);
    lua_setfield(L, -2, *name);
  }
  lua_newtable(L);
  lua_setfield(L, LUA_REGISTRYINDEX, BXL_DECLARED);
  lua_createtable(L, 0, 2);
  lua_pushcfunction(L, new_global);
  lua_setfield(L, -2, "__newindex");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  // Scripts reach the strings' methods, not their table.
  lua_pushliteral(L, "");
  lua_getmetatable(L, -1);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  return 0;
}

bxl_status bxl_seal(bxl_state *state, uint64_t seed) {
  state->globals_open = false;
  return bxl_protect(state, seal, &seed);
}
