// The portable views of an event (LUA_API.md, "The event"): the same names on user and enterprise streams, whatever
// variant of `source` Box sent (PROTOCOL.md, section 4). Made when they are touched, kept like fields.
//
// They win over fields of Box's own with the same name; `event:get` asks Box's own first.
#include "bxl_event.h"

/// Puts the value on top into the event's cache under `name` and leaves it there. [-0, +0]
static void keep(lua_State *L, int index, const char *name) {
  if (lua_getiuservalue(L, index, BXL_EVENT_CACHE) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_createtable(L, 0, 4);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, index, BXL_EVENT_CACHE);
  }
  lua_pushstring(L, name);
  lua_pushvalue(L, -3);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

static void push_kind(lua_State *L, const bxl_event *event) {
  const char *type = event->text + event->row.type.offset;
  size_t length = event->row.type.length;
  const char *alias = bxl_alias(type, length);
  if (alias != NULL) {
    lua_pushstring(L, alias);
    return;
  }
  luaL_Buffer buffer;
  char *room = luaL_buffinitsize(L, &buffer, length);
  for (size_t i = 0; i < length; i++) room[i] = (char)(type[i] >= 'A' && type[i] <= 'Z' ? type[i] + 32 : type[i]);
  luaL_pushresultsize(&buffer, length);
}

/// A copy of `created_by`, which gets `anonymous` where Box's stand-in for nobody acted.
static void push_actor(lua_State *L, int index, bxl_event *event) {
  bxl_push_field(L, index, event, "created_by", 10);
  lua_newtable(L);
  if (lua_type(L, -2) == LUA_TTABLE) {
    lua_pushnil(L);
    while (lua_next(L, -3)) {
      lua_pushvalue(L, -2);
      lua_insert(L, -2);
      lua_rawset(L, -4);
    }
    lua_getfield(L, -1, "id");
    const char *id = lua_tostring(L, -1);
    if (id != NULL && strcmp(id, "2") == 0) {
      lua_pushboolean(L, 1);
      lua_setfield(L, -3, "anonymous");
    }
    lua_pop(L, 1);
  }
  lua_remove(L, -2);
}

/// Copies the first of the source's members that is there. The source is at `from`, the item on top. [-0, +0]
static bool copy_first(lua_State *L, int from, const char *into, const char *const *names) {
  for (; *names != NULL; names++) {
    lua_pushstring(L, *names);
    if (lua_rawget(L, from) != LUA_TNIL) {
      lua_setfield(L, -2, into);
      return true;
    }
    lua_pop(L, 1);
  }
  return false;
}

/// Whether a full source is an item; users and groups are none.
static bool is_item_type(const char *type) {
  return type != NULL && (strcmp(type, "file") == 0 || strcmp(type, "folder") == 0 || strcmp(type, "web_link") == 0);
}

/// Whether the table has one of these members, and not as null. [-0, +0]
static bool has_any(lua_State *L, int from, const char *const *names) {
  for (; *names != NULL; names++) {
    lua_pushstring(L, *names);
    bool found = lua_rawget(L, from) != LUA_TNIL && !bxl_is_null(L, -1);
    lua_pop(L, 1);
    if (found) return true;
  }
  return false;
}

/// RuleEngine's `ItemPath` reads the forms in the same order for filters.
static void push_item(lua_State *L, int index, bxl_event *event) {
  static const char *const mini_form[] = {"item_id", "item_name", "item_type", NULL};
  static const char *const whole_form[] = {"id", "name", NULL};
  static const char *const file_form[] = {"file_id", "file_name", NULL};
  static const char *const folder_form[] = {"folder_id", "folder_name", NULL};
  static const char *const mini_ids[] = {"item_id", NULL}, *const mini_names[] = {"item_name", NULL};
  static const char *const mini_types[] = {"item_type", NULL};
  static const char *const file_ids[] = {"file_id", NULL}, *const file_names[] = {"file_name", NULL};
  static const char *const folder_ids[] = {"folder_id", NULL}, *const folder_names[] = {"folder_name", NULL};
  static const char *const ids[] = {"id", NULL}, *const names[] = {"name", NULL}, *const types[] = {"type", NULL};
  static const char *const parents[] = {"parent", NULL};
  bxl_push_field(L, index, event, "source", 6);
  lua_newtable(L);
  if (lua_type(L, -2) == LUA_TTABLE) {
    int from = lua_gettop(L) - 1;
    bool is_item = true;
    lua_getfield(L, from, "type");
    bool is_untyped = lua_isnil(L, -1) || bxl_is_null(L, -1);
    const char *type = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    lua_pop(L, 1);
    if (has_any(L, from, mini_form)) {
      copy_first(L, from, "id", mini_ids);
      copy_first(L, from, "name", mini_names);
      copy_first(L, from, "type", mini_types);
    } else if (is_item_type(type) || (is_untyped && has_any(L, from, whole_form))) {
      copy_first(L, from, "id", ids);
      copy_first(L, from, "name", names);
      copy_first(L, from, "type", types);
    } else if (has_any(L, from, file_form)) {
      copy_first(L, from, "id", file_ids);
      copy_first(L, from, "name", file_names);
      lua_pushliteral(L, "file");
      lua_setfield(L, -2, "type");
    } else if (has_any(L, from, folder_form)) {
      copy_first(L, from, "id", folder_ids);
      copy_first(L, from, "name", folder_names);
      lua_pushliteral(L, "folder");
      lua_setfield(L, -2, "type");
    } else {
      is_item = false;
    }
    if (is_item) copy_first(L, from, "parent", parents);
  }
  lua_remove(L, -2);
}

/// `additional_details`, decoded also where Box sent it as text.
static void push_details(lua_State *L, int index, bxl_event *event) {
  bxl_push_field(L, index, event, "additional_details", 18);
  if (lua_type(L, -1) == LUA_TSTRING) {
    size_t length, offset;
    const char *text = lua_tolstring(L, -1, &length);
    if (bxl_json_decode(L, text, length, BXL_JSON_LENIENT, &offset) == NULL) lua_remove(L, -2);
  }
  if (lua_type(L, -1) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_newtable(L);
  }
}

/// The folders' names from the root, joined by `/`; nil where Box did not send them.
static void push_path(lua_State *L, int index, bxl_event *event) {
  int base = lua_gettop(L);
  bxl_push_field(L, index, event, "source", 6);
  static const char *const steps[] = {"path_collection", "entries"};
  for (int i = 0; i < 2 && lua_type(L, -1) == LUA_TTABLE; i++) {
    lua_pushstring(L, steps[i]);
    lua_rawget(L, -2);
  }
  lua_Integer count = lua_type(L, -1) == LUA_TTABLE ? (lua_Integer)lua_rawlen(L, -1) : 0;
  if (count == 0 || lua_gettop(L) != base + 3) {
    lua_settop(L, base);
    lua_pushnil(L);
    return;
  }
  lua_replace(L, base + 1);
  lua_settop(L, base + 1);
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  for (lua_Integer i = 1; i <= count; i++) {
    bxl_step(L);
    if (i > 1) luaL_addchar(&buffer, '/');
    // Pushed last and taken at once: a buffer may have a box of its own on the stack.
    lua_rawgeti(L, base + 1, i);
    if (lua_type(L, -1) == LUA_TTABLE) {
      lua_pushliteral(L, "name");
      lua_rawget(L, -2);
      lua_remove(L, -2);
    }
    if (lua_type(L, -1) == LUA_TSTRING) {
      luaL_addvalue(&buffer);
    } else {
      lua_pop(L, 1);
    }
  }
  luaL_pushresult(&buffer);
  lua_remove(L, base + 1);
}

bool bxl_push_view(lua_State *L, int index, bxl_event *event, const char *name) {
  luaL_checkstack(L, 10, NULL);
  switch (name[0]) {
    case 'k':
      if (strcmp(name, "kind") != 0) return false;
      push_kind(L, event);
      break;
    case 'a':
      if (strcmp(name, "attempt") == 0) {
        lua_pushinteger(L, event->attempt);
        return true;
      }
      if (strcmp(name, "actor") != 0) return false;
      push_actor(L, index, event);
      break;
    case 'i':
      if (strcmp(name, "item") != 0) return false;
      push_item(L, index, event);
      break;
    case 'd':
      if (strcmp(name, "details") != 0) return false;
      push_details(L, index, event);
      break;
    case 'p':
      if (strcmp(name, "path") != 0) return false;
      push_path(L, index, event);
      if (lua_isnil(L, -1)) return true;
      break;
    case 's':
      if (strcmp(name, "stream") != 0) return false;
      lua_getiuservalue(L, index, BXL_EVENT_STREAM);
      return true;
    case 'r':
      if (strcmp(name, "replayed") != 0) return false;
      lua_pushboolean(L, event->is_replayed);
      return true;
    default: return false;
  }
  keep(L, index, name);
  return true;
}
