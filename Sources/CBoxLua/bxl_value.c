// Values across the bridge, in the form that CBoxLua.h describes.
#include "bxl_event.h"

/// Deeper tables are a mistake, or cyclic.
#define DEEPEST 100

/// What crosses takes the host more room than it takes Lua, and a table that holds one table many times takes Lua
/// hardly any.
#define MOST_VALUES 500000

struct writer {
  bxl_buffer *into;
  int values;
};

static void put(lua_State *L, struct writer *writer, const void *bytes, size_t length) {
  if (!bxl_buffer_append(writer->into, bytes, length)) luaL_error(L, "too much for one call: more than 64 MiB");
}

static void put_tag(lua_State *L, struct writer *writer, bxl_tag tag) {
  char byte = (char)tag;
  put(L, writer, &byte, 1);
}

static void put_text(lua_State *L, struct writer *writer, bxl_tag tag, const char *text, size_t length) {
  if (length > BXL_MAX_CROSSING) luaL_error(L, "too much for one call: more than 64 MiB");
  uint32_t size = (uint32_t)length;
  put_tag(L, writer, tag);
  put(L, writer, &size, sizeof size);
  put(L, writer, text, length);
}

static void put_value(lua_State *L, int index, struct writer *writer, int depth);

static void put_array(lua_State *L, int index, lua_Integer length, struct writer *writer, int depth) {
  uint32_t count = (uint32_t)length;
  put_tag(L, writer, BXL_TAG_ARRAY);
  put(L, writer, &count, sizeof count);
  for (lua_Integer i = 1; i <= length; i++) {
    bxl_step(L);
    lua_rawgeti(L, index, i);
    put_value(L, lua_gettop(L), writer, depth + 1);
    lua_pop(L, 1);
  }
}

static void put_pairs(lua_State *L, int index, struct writer *writer, int depth) {
  uint32_t count = 0;
  put_tag(L, writer, BXL_TAG_TABLE);
  size_t place = writer->into->length;
  put(L, writer, &count, sizeof count);
  lua_pushnil(L);
  while (lua_next(L, index)) {
    bxl_step(L);
    int key = lua_type(L, -2);
    if (key != LUA_TSTRING && !lua_isinteger(L, -2)) {
      luaL_error(L, "a table's key is a %s; the host takes strings and whole numbers", luaL_typename(L, -2));
    }
    put_value(L, lua_gettop(L) - 1, writer, depth + 1);
    put_value(L, lua_gettop(L), writer, depth + 1);
    lua_pop(L, 1);
    count++;
  }
  memcpy(writer->into->bytes + place, &count, sizeof count);
}

static void put_userdata(lua_State *L, int index, struct writer *writer) {
  size_t length;
  if (bxl_is_event(L, index)) {
    const char *text = bxl_event_text(L, index, &length);
    put_text(L, writer, BXL_TAG_EVENT, text, length);
    return;
  }
  if (luaL_testudata(L, index, BXL_SECRET_META) == NULL) {
    luaL_error(L, "a %s cannot be handed to the host", luaL_typename(L, index));
  }
  lua_getiuservalue(L, index, 1);
  const char *name = lua_tolstring(L, -1, &length);
  put_text(L, writer, BXL_TAG_SECRET, name, length);
  lua_pop(L, 1);
}

/// [-0, +0], may raise
static void put_value(lua_State *L, int index, struct writer *writer, int depth) {
  if (depth > DEEPEST) luaL_error(L, "a table is nested deeper than %d, or holds itself", DEEPEST);
  if (writer->values++ == MOST_VALUES) luaL_error(L, "too much for one call: more than %d values", MOST_VALUES);
  luaL_checkstack(L, 6, "a table is nested too deep");
  switch (lua_type(L, index)) {
    case LUA_TNIL: put_tag(L, writer, BXL_TAG_NIL); return;
    case LUA_TBOOLEAN: put_tag(L, writer, lua_toboolean(L, index) ? BXL_TAG_TRUE : BXL_TAG_FALSE); return;
    case LUA_TNUMBER:
      if (lua_isinteger(L, index)) {
        int64_t value = lua_tointeger(L, index);
        put_tag(L, writer, BXL_TAG_INTEGER);
        put(L, writer, &value, sizeof value);
      } else {
        double value = lua_tonumber(L, index);
        put_tag(L, writer, BXL_TAG_NUMBER);
        put(L, writer, &value, sizeof value);
      }
      return;
    case LUA_TSTRING: {
      size_t length;
      const char *text = lua_tolstring(L, index, &length);
      put_text(L, writer, BXL_TAG_STRING, text, length);
      return;
    }
    case LUA_TTABLE: {
      lua_Integer length = bxl_array_length(L, index);
      if (length >= 0) {
        put_array(L, index, length, writer, depth);
      } else {
        put_pairs(L, index, writer, depth);
      }
      return;
    }
    case LUA_TFUNCTION: {
      lua_pushvalue(L, index);
      int64_t reference = luaL_ref(L, LUA_REGISTRYINDEX);
      put_tag(L, writer, BXL_TAG_FUNCTION);
      put(L, writer, &reference, sizeof reference);
      return;
    }
    case LUA_TLIGHTUSERDATA: put_tag(L, writer, BXL_TAG_NULL); return;
    case LUA_TUSERDATA: put_userdata(L, index, writer); return;
    default: luaL_error(L, "a %s cannot be handed to the host", luaL_typename(L, index));
  }
}

void bxl_encode_values(lua_State *L, int first, int last, bxl_buffer *into) {
  struct writer writer = {into, 0};
  for (int index = first; index <= last; index++) put_value(L, index, &writer, 0);
}

// ---- To Lua -----------------------------------------------------------------------------------------------------------

struct reader {
  const char *next;
  const char *end;
};

static void get(lua_State *L, struct reader *reader, void *into, size_t length) {
  if ((size_t)(reader->end - reader->next) < length) luaL_error(L, "the host's reply is cut off");
  memcpy(into, reader->next, length);
  reader->next += length;
}

static const char *get_text(lua_State *L, struct reader *reader, size_t *length) {
  uint32_t size;
  get(L, reader, &size, sizeof size);
  if ((size_t)(reader->end - reader->next) < size) luaL_error(L, "the host's reply is cut off");
  const char *text = reader->next;
  reader->next += size;
  *length = size;
  return text;
}

/// The page's events as an array. [-0, +1], may raise
static void push_page(lua_State *L, bxl_page *page) {
  bxl_push_page_holder(L, page);
  bxl_remember_result(L, -1);
  uint32_t count = bxl_page_count(page);
  lua_createtable(L, (int)count, 0);
  if (count == 0) bxl_mark_array(L);
  bxl_event_info info = {.attempt = 1};
  for (uint32_t index = 0; index < count; index++) {
    bxl_step(L);
    bxl_push_event_of(L, -2, index, &info);
    lua_rawseti(L, -2, (lua_Integer)index + 1);
  }
  lua_remove(L, -2);
}

static void get_value(lua_State *L, struct reader *reader) {
  luaL_checkstack(L, 6, NULL);
  char tag;
  get(L, reader, &tag, 1);
  size_t length;
  uint32_t count;
  switch (tag) {
    case BXL_TAG_NIL: lua_pushnil(L); return;
    case BXL_TAG_FALSE: lua_pushboolean(L, 0); return;
    case BXL_TAG_TRUE: lua_pushboolean(L, 1); return;
    case BXL_TAG_NULL: bxl_push_null(L); return;
    case BXL_TAG_INTEGER: {
      int64_t value;
      get(L, reader, &value, sizeof value);
      lua_pushinteger(L, value);
      return;
    }
    case BXL_TAG_NUMBER: {
      double value;
      get(L, reader, &value, sizeof value);
      lua_pushnumber(L, value);
      return;
    }
    case BXL_TAG_STRING: {
      const char *text = get_text(L, reader, &length);
      lua_pushlstring(L, text, length);
      return;
    }
    case BXL_TAG_JSON: {
      const char *text = get_text(L, reader, &length);
      size_t offset;
      const char *problem = bxl_json_decode(L, text, length, BXL_JSON_LENIENT, &offset);
      if (problem != NULL) {
        bxl_where(L);
        lua_pushfstring(L, "the answer is no JSON: %s at byte %d", problem, (int)offset);
        lua_concat(L, 2);
        lua_error(L);
      }
      return;
    }
    case BXL_TAG_ARRAY:
      get(L, reader, &count, sizeof count);
      lua_createtable(L, count < 100000 ? (int)count : 100000, 0);
      if (count == 0) bxl_mark_array(L);
      for (uint32_t i = 0; i < count; i++) {
        get_value(L, reader);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
      }
      return;
    case BXL_TAG_TABLE:
      get(L, reader, &count, sizeof count);
      lua_createtable(L, 0, count < 100000 ? (int)count : 100000);
      for (uint32_t i = 0; i < count; i++) {
        get_value(L, reader);
        get_value(L, reader);
        lua_rawset(L, -3);
      }
      return;
    case BXL_TAG_FUNCTION: {
      int64_t reference;
      get(L, reader, &reference, sizeof reference);
      lua_rawgeti(L, LUA_REGISTRYINDEX, reference);
      return;
    }
    case BXL_TAG_SECRET: {
      const char *name = get_text(L, reader, &length);
      lua_newuserdatauv(L, 0, 1);
      lua_pushlstring(L, name, length);
      lua_setiuservalue(L, -2, 1);
      luaL_setmetatable(L, BXL_SECRET_META);
      return;
    }
    case BXL_TAG_PAGE: {
      bxl_page *page;
      get(L, reader, &page, sizeof page);
      push_page(L, page);
      return;
    }
    default: luaL_error(L, "the host's reply holds the unknown tag %d", tag);
  }
}

int bxl_decode_values(lua_State *L, const char *bytes, size_t length) {
  struct reader reader = {bytes, bytes + length};
  int count = 0;
  for (; reader.next < reader.end; count++) get_value(L, &reader);
  return count;
}
