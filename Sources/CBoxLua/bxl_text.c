// What turns values into text: a growing text, floats, UTF-8, the keys of a table in order.
#include "bxl_text.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

// ---- Text -----------------------------------------------------------------------------------------------------------

void bxl_writer_open(bxl_writer *writer, lua_State *L) {
  luaL_checkstack(L, 8, "text");
  *writer = (bxl_writer){.L = L, .capacity = 256};
  writer->bytes = lua_newuserdatauv(L, writer->capacity, 0);
  writer->slot = lua_gettop(L);
}

void bxl_write(bxl_writer *writer, const char *bytes, size_t length) {
  if (length == 0) return;
  if (length > writer->capacity - writer->length) {
    if (length > SIZE_MAX / 4 - writer->length) luaL_error(writer->L, "the text is too long");
    size_t capacity = writer->capacity * 2;
    if (capacity < writer->length + length) capacity = writer->length + length;
    char *grown = lua_newuserdatauv(writer->L, capacity, 0);
    memcpy(grown, writer->bytes, writer->length);
    lua_replace(writer->L, writer->slot);
    writer->bytes = grown;
    writer->capacity = capacity;
  }
  memcpy(writer->bytes + writer->length, bytes, length);
  writer->length += length;
}

void bxl_write_text(bxl_writer *writer, const char *text) { bxl_write(writer, text, strlen(text)); }

void bxl_write_float(bxl_writer *writer, double number) {
  char text[40];
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, number);
    if (strtod(text, NULL) == number) break;
  }
  // The process's locale may write another point.
  char *point = strchr(text, *localeconv()->decimal_point);
  if (point != NULL) *point = '.';
  bxl_write_text(writer, text);
  if (isfinite(number) && strpbrk(text, ".e") == NULL) bxl_write_text(writer, ".0");
}

size_t bxl_utf8_length(const char *bytes, size_t left) {
  const unsigned char *p = (const unsigned char *)bytes;
  if (left == 0) return 0;
  if (p[0] < 0x80) return 1;
  if (p[0] < 0xC2 || p[0] > 0xF4) return 0;
  size_t length = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
  if (left < length) return 0;
  for (size_t i = 1; i < length; i++) {
    if ((p[i] & 0xC0) != 0x80) return 0;
  }
  if (p[0] == 0xE0 && p[1] < 0xA0) return 0;  // longer than needed
  if (p[0] == 0xED && p[1] > 0x9F) return 0;  // a surrogate
  if (p[0] == 0xF0 && p[1] < 0x90) return 0;  // longer than needed
  if (p[0] == 0xF4 && p[1] > 0x8F) return 0;  // beyond U+10FFFF
  return length;
}

// ---- Sorted keys ----------------------------------------------------------------------------------------------------

static bool is_before(const bxl_key *a, const bxl_key *b) {
  if (a->kind != b->kind) return a->kind < b->kind;
  if (a->number != b->number) return a->number < b->number;
  size_t shared = a->length < b->length ? a->length : b->length;
  int order = shared == 0 ? 0 : memcmp(a->bytes, b->bytes, shared);
  if (order != 0) return order < 0;
  if (a->length != b->length) return a->length < b->length;
  return a->index < b->index;
}

/// Lets the key at `root` sink into the heap of `count` keys. May raise (kill).
static void sink(lua_State *L, bxl_key *keys, size_t root, size_t count) {
  bxl_key moving = keys[root];
  for (;;) {
    size_t child = root * 2 + 1;
    if (child >= count) break;
    bxl_step(L);
    if (child + 1 < count && is_before(&keys[child], &keys[child + 1])) child++;
    if (!is_before(&moving, &keys[child])) break;
    keys[root] = keys[child];
    root = child;
  }
  keys[root] = moving;
}

bxl_key *bxl_push_keys(lua_State *L, int index, size_t *count) {
  luaL_checkstack(L, 8, "keys of a table");
  // The list keeps the keys alive even if the table is weak.
  lua_newtable(L);
  int list = lua_gettop(L);
  lua_Integer n = 0;
  lua_pushnil(L);
  while (lua_next(L, index)) {
    bxl_step(L);
    lua_pop(L, 1);
    lua_pushvalue(L, -1);
    lua_rawseti(L, list, ++n);
  }
  bxl_key *keys = lua_newuserdatauv(L, (size_t)(n > 0 ? n : 1) * sizeof *keys, 0);
  for (lua_Integer i = 1; i <= n; i++) {
    bxl_step(L);
    bxl_key key = {.index = i, .kind = BXL_KEY_OTHER};
    switch (lua_rawgeti(L, list, i)) {
      case LUA_TNUMBER:
        key.kind = BXL_KEY_NUMBER;
        key.number = lua_tonumber(L, -1);
        break;
      case LUA_TSTRING:
        key.kind = BXL_KEY_TEXT;
        key.bytes = lua_tolstring(L, -1, &key.length);
        break;
      case LUA_TBOOLEAN:
        key.kind = BXL_KEY_BOOLEAN;
        key.number = lua_toboolean(L, -1);
        break;
      default: break;
    }
    lua_pop(L, 1);
    keys[i - 1] = key;
  }
  *count = (size_t)n;
  for (size_t i = *count / 2; i-- > 0;) sink(L, keys, i, *count);
  for (size_t end = *count; end-- > 1;) {
    bxl_key largest = keys[0];
    keys[0] = keys[end];
    keys[end] = largest;
    sink(L, keys, 0, end);
  }
  return keys;
}
