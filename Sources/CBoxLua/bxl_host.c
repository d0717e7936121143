// Functions of `box` that call the host, and the secrets.
#include "bxl.h"

/// Raises what the host replied: text with the script's position in front, or a table that carries it.
static int raise_reply(lua_State *L) {
  bxl_state *state = bxl_of(L);
  lua_settop(L, 0);
  if (bxl_decode_values(L, state->reply.bytes, state->reply.length) == 0) lua_pushliteral(L, "the host gave no reason");
  bxl_where(L);
  if (lua_type(L, 1) == LUA_TTABLE) {
    lua_getfield(L, 1, "message");
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    luaL_tolstring(L, -1, NULL);
    lua_remove(L, -2);
    lua_concat(L, 2);
    lua_setfield(L, 1, "message");
    lua_settop(L, 1);
    luaL_setmetatable(L, BXL_ERROR_META);
    return lua_error(L);
  }
  lua_insert(L, 1);
  lua_settop(L, 2);
  lua_concat(L, 2);
  return lua_error(L);
}

static int return_reply(lua_State *L) {
  bxl_state *state = bxl_of(L);
  lua_settop(L, 0);
  return bxl_decode_values(L, state->reply.bytes, state->reply.length);
}

static int go_on(lua_State *L, int status, lua_KContext context) {
  (void)status;
  (void)context;
  return bxl_of(L)->resume_answer == BXL_ANSWER_ERROR ? raise_reply(L) : return_reply(L);
}

/// A function that the host carries out; its number is the upvalue. [-n, +m], may raise and yield
static int call_host(lua_State *L) {
  bxl_state *state = bxl_of(L);
  bxl_step(L);
  bxl_buffer_reset(&state->arguments);
  bxl_encode_values(L, 1, lua_gettop(L), &state->arguments);
  bxl_buffer_reset(&state->reply);
  int64_t ticket = bxl_can_yield(L) ? ++state->tickets : 0;
  bxl_bytes arguments = {state->arguments.bytes, state->arguments.length};
  int32_t function = (int32_t)lua_tointeger(L, lua_upvalueindex(1));
  state->caller = L;
  bxl_answer answer = state->host(state->context, state, function, ticket, arguments);
  state->caller = NULL;
  switch (answer) {
    case BXL_ANSWER_VALUES: return return_reply(L);
    case BXL_ANSWER_WAIT:
      if (ticket != 0) return lua_yieldk(L, 0, 0, go_on);
      return luaL_error(L, "this call waits, which is impossible here");
    default: return raise_reply(L);
  }
}

int bxl_caller(const bxl_state *state, char *into, size_t room) {
  return state->caller == NULL ? 0 : bxl_script_line(state->caller, into, room);
}

struct definition {
  const char *path;
  int32_t function;
};

static int define(lua_State *L) {
  struct definition *definition = lua_touserdata(L, 1);
  const char *path = definition->path;
  const char *table = BXL_BOX_TABLE;
  if (strncmp(path, "host.", 5) == 0) {
    table = BXL_HOST_TABLE;
    path += 5;
  }
  lua_getfield(L, LUA_REGISTRYINDEX, table);
  for (const char *dot; (dot = strchr(path, '.')) != NULL; path = dot + 1) {
    lua_pushlstring(L, path, (size_t)(dot - path));
    lua_pushvalue(L, -1);
    if (lua_rawget(L, -3) != LUA_TTABLE) {
      lua_pop(L, 1);
      lua_newtable(L);
      lua_pushvalue(L, -2);
      lua_pushvalue(L, -2);
      lua_rawset(L, -5);
    }
    lua_remove(L, -2);
    lua_remove(L, -2);
  }
  lua_pushinteger(L, definition->function);
  lua_pushcclosure(L, call_host, 1);
  lua_setfield(L, -2, path);
  return 0;
}

bxl_status bxl_define(bxl_state *state, const char *path, int32_t function) {
  struct definition definition = {path, function};
  return bxl_protect(state, define, &definition);
}

// ---- The prelude ------------------------------------------------------------------------------------------------------

/// `host.fail(message)`: an error at the script's own line, whatever lines of the prelude lie between. [-1, raises]
static int fail(lua_State *L) {
  luaL_checkstring(L, 1);
  bxl_where(L);
  lua_insert(L, 1);
  lua_settop(L, 2);
  lua_concat(L, 2);
  return lua_error(L);
}

/// `host.where()`: `file:line` of the script's innermost line. [-0, +1]
static int where(lua_State *L) {
  bxl_where(L);
  return 1;
}

/// `host.event_text(event)`: the exact text; nil for what is no event. [-0, +1]
static int event_text(lua_State *L) {
  if (!bxl_is_event(L, 1)) return 0;
  size_t length;
  const char *text = bxl_event_text(L, 1, &length);
  lua_pushlstring(L, text, length);
  return 1;
}

/// `host.encode_decoded(value, name)`: JSON text with events as `event:table()` has them; `name` is what an error calls
/// the value. [-0, +1]
static int encode_decoded(lua_State *L) {
  luaL_checkany(L, 1);
  bxl_json_encode_decoded(L, 1, luaL_checkstring(L, 2));
  return 1;
}

struct prelude {
  const char *text;
  size_t length;
  const char *name;
};

static int run_prelude(lua_State *L) {
  struct prelude *prelude = lua_touserdata(L, 1);
  static const luaL_Reg helpers[] = {{"fail", fail}, {"where", where}, {"event_text", event_text},
                                     {"encode_decoded", encode_decoded}, {NULL, NULL}};
  if (luaL_loadbufferx(L, prelude->text, prelude->length, prelude->name, "t") != LUA_OK) return lua_error(L);
  lua_getfield(L, LUA_REGISTRYINDEX, BXL_HOST_TABLE);
  luaL_setfuncs(L, helpers, 0);
  lua_getfield(L, LUA_REGISTRYINDEX, BXL_BOX_TABLE);
  lua_call(L, 2, 0);
  return 0;
}

bxl_status bxl_run_prelude(bxl_state *state, const char *text, size_t length, const char *name) {
  struct prelude prelude = {text, length, name};
  return bxl_protect(state, run_prelude, &prelude);
}

// ---- Secrets and errors -----------------------------------------------------------------------------------------------

static int secret_text(lua_State *L) {
  lua_pushliteral(L, "***");
  return 1;
}

static int error_text(lua_State *L) {
  lua_pushliteral(L, "message");
  if (lua_type(L, 1) != LUA_TTABLE || lua_rawget(L, 1) != LUA_TSTRING) lua_pushliteral(L, "an error without a message");
  return 1;
}

void bxl_open_secrets(lua_State *L) {
  luaL_newmetatable(L, BXL_SECRET_META);
  lua_pushcfunction(L, secret_text);
  lua_setfield(L, -2, "__tostring");
  lua_pushliteral(L, "secret");
  lua_setfield(L, -2, "__name");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  luaL_newmetatable(L, BXL_ERROR_META);
  lua_pushcfunction(L, error_text);
  lua_setfield(L, -2, "__tostring");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 2);
}
