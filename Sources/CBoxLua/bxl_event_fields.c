// Fields of an event: found in the index, decoded when they are touched.
#include "bxl_event.h"

void bxl_push_key(lua_State *L, const bxl_event *event, cep_span key) {
  const char *text = event->text + key.offset;
  if (memchr(text, '\\', key.length) == NULL) {
    lua_pushlstring(L, text, key.length);
    return;
  }
  char *room = lua_newuserdatauv(L, key.length + 1, 0);
  size_t written = 0;
  if (cep_unescape(text, key.length, room, &written)) {
    lua_pushlstring(L, room, written);
  } else {
    lua_pushlstring(L, text, key.length);
  }
  lua_remove(L, -2);
}

static bool key_is(lua_State *L, const bxl_event *event, cep_span span, const char *key, size_t length) {
  const char *text = event->text + span.offset;
  // An escape is longer than what it stands for: a text as long as the key is the key as it stands or none.
  if (span.length < length || (span.length == length && memcmp(text, key, length) != 0)) return false;
  if (memchr(text, '\\', span.length) == NULL) return span.length == length;
  bxl_push_key(L, event, span);
  size_t decoded_length;
  const char *decoded = lua_tolstring(L, -1, &decoded_length);
  bool is_same = decoded_length == length && memcmp(decoded, key, length) == 0;
  lua_pop(L, 1);
  return is_same;
}

bool bxl_find_field(lua_State *L, const bxl_event *event, const char *key, size_t length, cep_span *value) {
  for (uint32_t index = event->row.field_count; index > 0; index--) {
    if (key_is(L, event, event->fields[index - 1].key, key, length)) {
      *value = event->fields[index - 1].value;
      return true;
    }
  }
  return false;
}

bool bxl_is_identifier(const char *name, size_t length) {
  if (length == 2) return memcmp(name, "id", 2) == 0;
  if (length > 3 && memcmp(name + length - 3, "_id", 3) == 0) return true;
  static const char position[] = "stream_position";
  size_t size = sizeof position - 1;
  return length >= size && memcmp(name + length - size, position, size) == 0;
}

void bxl_push_span(lua_State *L, const bxl_event *event, cep_span value, bool is_identifier) {
  const char *text = event->text + value.offset;
  size_t length = value.length;
  if (length == 0) {
    lua_pushnil(L);
    return;
  }
  if (text[0] == '"' && length >= 2 && memchr(text, '\\', length) == NULL) {
    lua_pushlstring(L, text + 1, length - 2);
    return;
  }
  if (is_identifier && (text[0] == '-' || (text[0] >= '0' && text[0] <= '9'))) {
    lua_pushlstring(L, text, length);
    return;
  }
  size_t offset;
  if (bxl_json_decode(L, text, length, BXL_JSON_LENIENT, &offset) != NULL) {
    // Not JSON: kept as the text that it is.
    lua_pushlstring(L, text, length);
  }
}

void bxl_push_new_field(lua_State *L, int index, bxl_event *event, int key_index) {
  luaL_checkstack(L, 6, NULL);
  size_t length;
  const char *key = lua_tolstring(L, key_index, &length);
  cep_span value;
  if (!bxl_find_field(L, event, key, length, &value)) {
    lua_pushnil(L);
    return;
  }
  bxl_push_span(L, event, value, bxl_is_identifier(key, length));
  if (lua_isnil(L, -1)) return;
  if (lua_getiuservalue(L, index, BXL_EVENT_CACHE) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_createtable(L, 0, 4);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, index, BXL_EVENT_CACHE);
  }
  lua_pushvalue(L, key_index);
  lua_pushvalue(L, -3);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

void bxl_push_field(lua_State *L, int index, bxl_event *event, const char *key, size_t length) {
  luaL_checkstack(L, 6, NULL);
  lua_pushlstring(L, key, length);
  int key_index = lua_gettop(L);
  if (lua_getiuservalue(L, index, BXL_EVENT_CACHE) == LUA_TTABLE) {
    lua_pushvalue(L, key_index);
    if (lua_rawget(L, -2) != LUA_TNIL) {
      lua_replace(L, key_index);
      lua_settop(L, key_index);
      return;
    }
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  bxl_push_new_field(L, index, event, key_index);
  lua_remove(L, key_index);
}

void bxl_event_table(lua_State *L, int index) {
  index = lua_absindex(L, index);
  bxl_event *event = bxl_check_event(L, index);
  size_t length;
  const char *text = bxl_event_text(L, index, &length);
  size_t offset;
  // Decoded anew: the cached tables are shared, the copy is the script's own.
  if (bxl_json_decode(L, text, length, BXL_JSON_LENIENT, &offset) == NULL) {
    if (lua_type(L, -1) == LUA_TTABLE) return;
    lua_pop(L, 1);
  }
  lua_createtable(L, 0, (int)event->row.field_count);
  for (uint32_t i = 0; i < event->row.field_count; i++) {
    bxl_step(L);
    cep_span key = event->fields[i].key;
    bxl_push_key(L, event, key);
    bxl_push_span(L, event, event->fields[i].value, bxl_is_identifier(event->text + key.offset, key.length));
    lua_rawset(L, -3);
  }
}

/// A string member's characters, or "". [-0, +1]
static void push_member(lua_State *L, const bxl_event *event, const char *outer, const char *inner) {
  cep_span value, member;
  if (!bxl_find_field(L, event, outer, strlen(outer), &value)) {
    lua_pushliteral(L, "");
    return;
  }
  const char *text = event->text + value.offset;
  if (!cep_find_member(text, value.length, inner, strlen(inner), &member) || text[member.offset] != '"') {
    lua_pushliteral(L, "");
    return;
  }
  member.offset += value.offset;
  bxl_push_span(L, event, member, true);
}

/// Replaces control characters in the text on top: the line stays one. [-1, +1]
static void flatten(lua_State *L) {
  size_t length;
  const char *text = lua_tolstring(L, -1, &length);
  luaL_Buffer buffer;
  char *room = luaL_buffinitsize(L, &buffer, length);
  for (size_t i = 0; i < length; i++) room[i] = (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? ' ' : text[i];
  luaL_pushresultsize(&buffer, length);
  lua_remove(L, -2);
}

void bxl_event_line(lua_State *L, int index) {
  bxl_event *event = bxl_check_event(L, index);
  luaL_checkstack(L, 10, NULL);
  int base = lua_gettop(L);
  lua_pushlstring(L, event->text + event->row.type.offset, event->row.type.length);
  lua_pushlstring(L, event->text + event->row.created_at.offset, event->row.created_at.length);
  push_member(L, event, "created_by", "login");
  push_member(L, event, "source", "name");
  if (lua_rawlen(L, -1) == 0) {
    lua_pop(L, 1);
    push_member(L, event, "source", "item_name");
  }
  lua_pushlstring(L, event->text + event->row.id.offset, event->row.id.length);
  const char *type = lua_tostring(L, base + 1), *time = lua_tostring(L, base + 2), *login = lua_tostring(L, base + 3);
  const char *name = lua_tostring(L, base + 4), *id = lua_tostring(L, base + 5);
  lua_pushfstring(L, "%s%s%s%s%s%s%s%s%s%s%s", type[0] ? type : "event", time[0] ? " " : "", time, login[0] ? " " : "",
                  login, name[0] ? " \"" : "", name, name[0] ? "\"" : "", id[0] ? " (id " : "", id, id[0] ? ")" : "");
  lua_replace(L, base + 1);
  lua_settop(L, base + 1);
  flatten(L);
}
