// The globals of a script: Lua's own where they are harmless, ours where a script could hurt the host or escape its
// budget (DESIGN.md, "The bridge").
#include "bxl.h"

/// `load` takes this much text at most: compiling is not charged.
#define LONGEST_CHUNK ((size_t)1 << 20)

// ---- Protected calls ---------------------------------------------------------------------------------------------------

/// What both protected calls return; a call that is out of budget ends here and now instead. [-n, +m], may raise
static int finish_pcall(lua_State *L, int status, lua_KContext extra) {
  if (status != LUA_OK && status != LUA_YIELD) {
    if (bxl_of(L)->killed) return bxl_kill(L);
    lua_pushboolean(L, 0);
    lua_pushvalue(L, -2);
    return 2;
  }
  return lua_gettop(L) - (int)extra;
}

static int protected_call(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushboolean(L, 1);
  lua_insert(L, 1);
  int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish_pcall);
  return finish_pcall(L, status, 0);
}

/// Runs where the error was raised, while its stack still stands: keeps the traceback for `debug.traceback`. A handler of
/// the script's own runs later, like any other code.
static int keep_traceback(lua_State *L) {
  if (bxl_of(L)->killed) return 1;
  lua_settop(L, 1);
  luaL_traceback(L, L, NULL, 1);
  lua_setfield(L, LUA_REGISTRYINDEX, BXL_TRACEBACK);
  return 1;
}

static int finish_handler(lua_State *L, int status, lua_KContext extra) {
  if (status != LUA_OK && status != LUA_YIELD) {
    if (bxl_of(L)->killed) return bxl_kill(L);
    if (lua_type(L, -1) == LUA_TSTRING) {
      lua_pushfstring(L, "error in error handling: %s", lua_tostring(L, -1));
      lua_replace(L, -2);
    }
  }
  lua_pushnil(L);
  lua_setfield(L, LUA_REGISTRYINDEX, BXL_TRACEBACK);
  return lua_gettop(L) - (int)extra;
}

/// The stack holds [handler, keep_traceback, true, results or the error]. May raise and yield
static int finish_xpcall(lua_State *L, int status, lua_KContext extra) {
  if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L) - (int)extra;
  if (bxl_of(L)->killed) return bxl_kill(L);
  int error = lua_gettop(L);
  lua_pushboolean(L, 0);
  lua_pushvalue(L, 1);
  lua_pushvalue(L, error);
  status = lua_pcallk(L, 1, 1, 0, error, finish_handler);
  return finish_handler(L, status, error);
}

/// `xpcall(f, handler, …)`
static int protected_call_with_handler(lua_State *L) {
  luaL_checktype(L, 2, LUA_TFUNCTION);
  int count = lua_gettop(L) - 2;
  // [f, handler, …] becomes [handler, keep_traceback, true, f, …].
  lua_pushcfunction(L, keep_traceback);
  lua_insert(L, 1);
  lua_pushvalue(L, 3);
  lua_insert(L, 1);
  lua_pushboolean(L, 1);
  lua_replace(L, 4);
  lua_pushvalue(L, 3);
  lua_insert(L, 5);
  lua_remove(L, 3);
  int status = lua_pcallk(L, count, LUA_MULTRET, 2, 2, finish_xpcall);
  return finish_xpcall(L, status, 2);
}

static int traceback(lua_State *L) {
  if (!lua_isnoneornil(L, 1) && lua_type(L, 1) != LUA_TSTRING) {
    lua_settop(L, 1);
    return 1;
  }
  const char *message = luaL_optstring(L, 1, NULL);
  if (lua_getfield(L, LUA_REGISTRYINDEX, BXL_TRACEBACK) == LUA_TSTRING) {
    if (message != NULL) lua_pushfstring(L, "%s\n%s", message, lua_tostring(L, -1));
    return 1;
  }
  luaL_traceback(L, L, message, (int)luaL_optinteger(L, 2, 1));
  return 1;
}

// ---- Values --------------------------------------------------------------------------------------------------------------

/// An event is a userdata that scripts see as a table without raw content.
static int type_name(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushstring(L, bxl_is_event(L, 1) ? "table" : luaL_typename(L, 1));
  return 1;
}

static int next_pair(lua_State *L) {
  if (bxl_is_event(L, 1)) {
    lua_pushnil(L);
    return 1;
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  if (lua_next(L, 1)) return 2;
  lua_pushnil(L);
  return 1;
}

static int raw_get(lua_State *L) {
  if (bxl_is_event(L, 1)) {
    lua_pushnil(L);
    return 1;
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkany(L, 2);
  lua_settop(L, 2);
  lua_rawget(L, 1);
  return 1;
}

static bool is_frozen(lua_State *L, int index) {
  lua_getfield(L, LUA_REGISTRYINDEX, BXL_FROZEN);
  lua_pushvalue(L, index);
  lua_rawget(L, -2);
  bool frozen = lua_toboolean(L, -1);
  lua_pop(L, 2);
  return frozen;
}

static int raw_set(lua_State *L) {
  if (bxl_is_event(L, 1)) return luaL_error(L, "an event cannot be changed; event:table() gives a copy to change");
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkany(L, 2);
  luaL_checkany(L, 3);
  lua_settop(L, 3);
  if (is_frozen(L, 1)) return luaL_error(L, "a library of the host cannot be changed; keep your functions in locals");
  lua_rawset(L, 1);
  return 1;
}

static int raw_length(lua_State *L) {
  int type = lua_type(L, 1);
  if (bxl_is_event(L, 1)) {
    lua_pushinteger(L, 0);
    return 1;
  }
  luaL_argexpected(L, type == LUA_TTABLE || type == LUA_TSTRING, 1, "table or string");
  lua_pushinteger(L, (lua_Integer)lua_rawlen(L, 1));
  return 1;
}

static int set_metatable(lua_State *L) {
  int type = lua_type(L, 2);
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return luaL_error(L, "cannot change a protected metatable");
  if (type == LUA_TTABLE) {
    // A finalizer runs wherever the collector happens to: outside every budget, inside somebody else's call.
    lua_pushliteral(L, "__gc");
    lua_rawget(L, 2);
    if (!lua_isnil(L, -1)) return luaL_error(L, "a script cannot have finalizers: leave __gc out; __close is there");
    lua_pop(L, 1);
  }
  lua_settop(L, 2);
  lua_setmetatable(L, 1);
  return 1;
}

// ---- Chunks ----------------------------------------------------------------------------------------------------------------

/// Collects the pieces of a chunk that a function gives. Raises what the function raises. [-1, +1]
static int join_pieces(lua_State *L) {
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  size_t total = 0;
  for (;;) {
    bxl_step(L);
    lua_pushvalue(L, 1);
    lua_call(L, 0, 1);
    if (lua_isnil(L, -1)) {
      lua_pop(L, 1);
      break;
    }
    if (!lua_isstring(L, -1)) return luaL_error(L, "reader function must return a string");
    size_t length;
    lua_tolstring(L, -1, &length);
    total += length;
    if (length == 0) {
      lua_pop(L, 1);
      break;
    }
    if (total > LONGEST_CHUNK) return luaL_error(L, "load takes 1 MiB of text at most");
    luaL_addvalue(&buffer);
  }
  luaL_pushresult(&buffer);
  return 1;
}

static int load_chunk(lua_State *L) {
  bool has_environment = !lua_isnone(L, 4);
  const char *default_name = NULL;
  lua_settop(L, 4);
  if (!lua_isstring(L, 1)) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_pushcfunction(L, join_pieces);
    lua_pushvalue(L, 1);
    if (lua_pcall(L, 1, 1, 0) != LUA_OK) {
      // A call that is out of budget ends here and now.
      if (bxl_of(L)->killed) return bxl_kill(L);
      lua_pushnil(L);
      lua_insert(L, -2);
      return 2;
    }
    lua_replace(L, 1);
    default_name = "=(load)";
  }
  size_t length;
  const char *text = lua_tolstring(L, 1, &length);
  const char *name = luaL_optstring(L, 2, default_name == NULL ? text : default_name);
  const char *mode = luaL_optstring(L, 3, "bt");
  if (length > LONGEST_CHUNK) return luaL_error(L, "load takes 1 MiB of text at most");
  if (length > 0 && text[0] == LUA_SIGNATURE[0]) {
    lua_pushnil(L);
    lua_pushliteral(L, "load takes text only, never byte code");
    return 2;
  }
  if (strchr(mode, 't') == NULL) {
    lua_pushnil(L);
    lua_pushfstring(L, "load takes text only (mode is '%s')", mode);
    return 2;
  }
  if (bxl_compile(L, text, length, name) != LUA_OK) {
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
  }
  if (has_environment) {
    lua_pushvalue(L, 4);
    if (lua_setupvalue(L, -2, 1) == NULL) lua_pop(L, 1);
  }
  return 1;
}

// ---- The globals -----------------------------------------------------------------------------------------------------------

static void drop(lua_State *L, const char *const *names) {
  for (; *names != NULL; names++) {
    lua_pushnil(L);
    lua_setfield(L, -2, *names);
  }
}

void bxl_set_base(lua_State *L) {
  static const luaL_Reg ours[] = {
      {"pcall", protected_call},  {"xpcall", protected_call_with_handler},
      {"type", type_name},        {"next", next_pair},
      {"rawget", raw_get},        {"rawset", raw_set},
      {"rawlen", raw_length},     {"setmetatable", set_metatable},
      {"load", load_chunk},       {NULL, NULL},
  };
  static const char *const unsafe[] = {"dofile", "loadfile", "collectgarbage", "warn", "print", NULL};
  static const char *const unsafe_os[] = {"execute", "exit", "getenv", "remove", "rename", "setlocale", "tmpname", NULL};
  lua_pushcfunction(L, luaopen_base);
  lua_call(L, 0, 1);
  luaL_setfuncs(L, ours, 0);
  drop(L, unsafe);
  luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
  luaL_requiref(L, LUA_UTF8LIBNAME, luaopen_utf8, 1);
  luaL_requiref(L, LUA_STRLIBNAME, bxl_open_string, 1);
  luaL_requiref(L, LUA_TABLIBNAME, bxl_open_table, 1);
  luaL_requiref(L, LUA_OSLIBNAME, luaopen_os, 1);
  drop(L, unsafe_os);
  lua_pop(L, 5);
  // [globals] The stock libraries leave a table of loaded modules in the registry: nothing of ours reads it.
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, traceback);
  lua_setfield(L, -2, "traceback");
  lua_setfield(L, -2, "debug");
  lua_getfield(L, LUA_REGISTRYINDEX, BXL_BOX_TABLE);
  bxl_open_json(L);
  lua_setfield(L, -2, "json");
  lua_pushcfunction(L, bxl_inspect);
  lua_setfield(L, -2, "inspect");
  lua_setfield(L, -2, "box");
  lua_pop(L, 1);
}
