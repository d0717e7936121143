// The event object: a userdata that scripts see as a table (`type` says so), over the page's index. Fields decode when
// they are touched; what was decoded is kept and shared by the handlers of the file.
//
// A userdata and not an empty table: a table would need a second, weak one to find its page, which costs as much as all
// the rest of an event that nobody reads.
#include "bxl_event.h"

bool bxl_is_event(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index)) return false;
  bool same = lua_topointer(L, -1) == bxl_of(L)->event_metatable;
  lua_pop(L, 1);
  return same;
}

bxl_event *bxl_check_event(lua_State *L, int index) {
  if (!bxl_is_event(L, index)) luaL_typeerror(L, index, "event");
  bxl_event *event = lua_touserdata(L, index);
  if (event->text == NULL) luaL_error(L, "the event is gone: there was no memory to keep it");
  return event;
}

const char *bxl_event_text(lua_State *L, int index, size_t *length) {
  bxl_event *event = lua_touserdata(L, index);
  if (event->text == NULL) {
    *length = 4;
    return "null";
  }
  *length = event->row.text.length;
  return event->text + event->row.text.offset;
}

void bxl_push_event_of(lua_State *L, int holder, uint32_t index, const bxl_event_info *info) {
  luaL_checkstack(L, 6, NULL);
  holder = lua_absindex(L, holder);
  const cep_page *source = bxl_held_page(L, holder);
  bxl_event *event = lua_newuserdatauv(L, sizeof *event, 3);
  event->text = NULL;
  event->row = cep_page_events(source)[index];
  event->fields = cep_page_fields(source) + event->row.first_field;
  event->is_replayed = info->replayed;
  event->attempt = info->attempt;
  luaL_setmetatable(L, BXL_EVENT_META);
  lua_getiuservalue(L, holder, 1);
  lua_pushvalue(L, -2);
  lua_rawseti(L, -2, (lua_Integer)index + 1);
  lua_pop(L, 1);
  lua_pushvalue(L, holder);
  lua_setiuservalue(L, -2, BXL_EVENT_KEEPER);
  if (info->stream.length > 0) {
    lua_pushlstring(L, info->stream.bytes, info->stream.length);
    lua_setiuservalue(L, -2, BXL_EVENT_STREAM);
  }
  event->text = cep_page_text(source);
}

void bxl_push_event(lua_State *L, bxl_page *page, uint32_t index, const bxl_event_info *info) {
  bxl_push_page_holder(L, page);
  bxl_push_event_of(L, -1, index, info);
  lua_remove(L, -2);
}

/// A copy: the fields' index, then the text, then the zeros that a reader of JSON wants behind it.
static int copy(lua_State *L) {
  bxl_event *event = lua_touserdata(L, 1);
  size_t index_size = event->row.field_count * sizeof(cep_field);
  size_t length = event->row.text.length;
  char *block = lua_newuserdatauv(L, index_size + length + CEP_PADDING, 0);
  cep_field *fields = (cep_field *)block;
  char *text = block + index_size;
  uint32_t shift = event->row.text.offset;
  memcpy(text, event->text + shift, length);
  memset(text + length, 0, CEP_PADDING);
  for (uint32_t i = 0; i < event->row.field_count; i++) {
    fields[i] = event->fields[i];
    fields[i].key.offset -= shift;
    fields[i].value.offset -= shift;
  }
  lua_setiuservalue(L, 1, BXL_EVENT_KEEPER);
  if (event->row.id.length > 0) event->row.id.offset -= shift;
  if (event->row.type.length > 0) event->row.type.offset -= shift;
  if (event->row.created_at.length > 0) event->row.created_at.offset -= shift;
  event->row.text.offset = 0;
  event->fields = fields;
  event->text = text;
  return 0;
}

void bxl_event_own(lua_State *L, int index) {
  bxl_event *event = lua_touserdata(L, index);
  if (event->text == NULL) return;
  bxl_state *state = bxl_of(L);
  // The script's memory pays for what the script keeps.
  bool was_in_script = state->in_script;
  state->in_script = true;
  lua_pushcfunction(L, copy);
  lua_pushvalue(L, index);
  int status = lua_pcall(L, 1, 0, 0);
  state->in_script = was_in_script;
  if (status == LUA_OK) return;
  lua_pop(L, 1);
  event->text = NULL;
}

// ---- Methods --------------------------------------------------------------------------------------------------------------

static int method_json(lua_State *L) {
  bxl_check_event(L, 1);
  size_t length;
  const char *text = bxl_event_text(L, 1, &length);
  lua_pushlstring(L, text, length);
  return 1;
}

static int method_table(lua_State *L) {
  bxl_check_event(L, 1);
  bxl_event_table(L, 1);
  return 1;
}

/// Replaces the table on top by its member of that name, or, where the name is a number, its element. [-1, +1]
static void step_into(lua_State *L, const char *name, size_t length) {
  lua_pushlstring(L, name, length);
  lua_pushvalue(L, -1);
  if (lua_rawget(L, -3) == LUA_TNIL && lua_stringtonumber(L, lua_tostring(L, -2)) != 0) {
    lua_rawget(L, -4);
    lua_replace(L, -4);
    lua_pop(L, 2);
    return;
  }
  lua_replace(L, -3);
  lua_pop(L, 1);
}

/// `event:get(path, default)`: never raises for what the data hold. A number in the path counts an array from 1.
static int method_get(lua_State *L) {
  bxl_event *event = bxl_check_event(L, 1);
  size_t length;
  const char *path = luaL_checklstring(L, 2, &length);
  lua_settop(L, 3);
  const char *end = path + length;
  for (bool is_first = true;; is_first = false) {
    bxl_step(L);
    const char *dot = memchr(path, '.', (size_t)(end - path));
    size_t size = (size_t)((dot == NULL ? end : dot) - path);
    if (is_first) {
      bxl_push_field(L, 1, event, path, size);
      if (lua_isnil(L, -1)) {
        // No field of Box's own: a portable view, perhaps.
        lua_pushlstring(L, path, size);
        if (!bxl_push_view(L, 1, event, lua_tostring(L, -1))) lua_pushnil(L);
      }
    } else if (lua_type(L, -1) == LUA_TTABLE) {
      step_into(L, path, size);
    } else {
      lua_pushnil(L);
    }
    if (dot == NULL || lua_isnil(L, -1)) break;
    path = dot + 1;
  }
  if (lua_isnil(L, -1) || bxl_is_null(L, -1)) lua_pushvalue(L, 3);
  return 1;
}

// ---- Metamethods ----------------------------------------------------------------------------------------------------------

static int meta_index(lua_State *L) {
  bxl_event *event = lua_touserdata(L, 1);
  if (event->text == NULL) return luaL_error(L, "the event is gone: there was no memory to keep it");
  if (lua_type(L, 2) != LUA_TSTRING) return 0;
  if (lua_getiuservalue(L, 1, BXL_EVENT_CACHE) == LUA_TTABLE) {
    lua_pushvalue(L, 2);
    if (lua_rawget(L, -2) != LUA_TNIL) return 1;
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
  lua_pop(L, 1);
  if (!bxl_push_view(L, 1, event, lua_tostring(L, 2))) bxl_push_new_field(L, 1, event, 2);
  return 1;
}

static int meta_new_index(lua_State *L) {
  bxl_where(L);
  if (lua_type(L, 2) == LUA_TSTRING) {
    lua_pushfstring(L, "an event cannot be changed (field '%s'); event:table() gives a copy to change", lua_tostring(L, 2));
  } else {
    lua_pushliteral(L, "an event cannot be changed; event:table() gives a copy to change");
  }
  lua_concat(L, 2);
  return lua_error(L);
}

/// Whether a later member has the same key.
static bool is_repeated(const bxl_event *event, uint32_t index) {
  cep_span key = event->fields[index].key;
  for (uint32_t later = index + 1; later < event->row.field_count; later++) {
    cep_span other = event->fields[later].key;
    if (other.length == key.length && memcmp(event->text + key.offset, event->text + other.offset, key.length) == 0) {
      return true;
    }
  }
  return false;
}

/// The iterator of `pairs`: its place is the upvalue, so that no key has to be searched.
static int next_field(lua_State *L) {
  bxl_event *event = bxl_check_event(L, 1);
  uint32_t index = (uint32_t)lua_tointeger(L, lua_upvalueindex(1));
  for (; index < event->row.field_count; index++) {
    bxl_step(L);
    if (is_repeated(event, index)) continue;
    bxl_push_key(L, event, event->fields[index].key);
    size_t length;
    const char *key = lua_tolstring(L, -1, &length);
    bxl_push_field(L, 1, event, key, length);
    if (lua_isnil(L, -1)) {
      lua_pop(L, 2);
      continue;
    }
    lua_pushinteger(L, (lua_Integer)index + 1);
    lua_replace(L, lua_upvalueindex(1));
    return 2;
  }
  lua_pushnil(L);
  return 1;
}

static int meta_pairs(lua_State *L) {
  bxl_check_event(L, 1);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, next_field, 1);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

static int meta_string(lua_State *L) {
  bxl_check_event(L, 1);
  bxl_event_line(L, 1);
  return 1;
}

static int meta_length(lua_State *L) {
  lua_pushinteger(L, 0);
  return 1;
}

void bxl_open_events(lua_State *L) {
  static const luaL_Reg methods[] = {{"get", method_get}, {"json", method_json}, {"table", method_table}, {NULL, NULL}};
  static const luaL_Reg meta[] = {{"__newindex", meta_new_index}, {"__pairs", meta_pairs}, {"__tostring", meta_string},
                                  {"__len", meta_length},         {NULL, NULL}};
  luaL_newmetatable(L, BXL_EVENT_META);
  luaL_setfuncs(L, meta, 0);
  luaL_newlib(L, methods);
  lua_pushcclosure(L, meta_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pushliteral(L, "event");
  lua_setfield(L, -2, "__name");
  lua_pushliteral(L, "event");
  lua_setfield(L, -2, "__metatable");
  bxl_of(L)->event_metatable = lua_topointer(L, -1);
  lua_pop(L, 1);
}
