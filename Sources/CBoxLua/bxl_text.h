// What turns values into text shares: a growing text that Lua owns, UTF-8, numbers, sorted keys (bxl_text.c).
#ifndef BXL_TEXT_H
#define BXL_TEXT_H

#include "bxl.h"

/// A growing text inside a userdata at `slot` of the stack: an error or a kill leaks nothing.
typedef struct bxl_writer {
  lua_State *L;
  char *bytes;
  size_t length;
  size_t capacity;
  int slot;
} bxl_writer;

/// Begins a text; its userdata stays on the stack. [-0, +1], may raise (memory).
void bxl_writer_open(bxl_writer *writer, lua_State *L);
/// Appends. [-0, +0], may raise (memory, kill).
void bxl_write(bxl_writer *writer, const char *bytes, size_t length);
void bxl_write_text(bxl_writer *writer, const char *text);
/// Appends a float so that reading it gives the same one, always with a point or an exponent. [-0, +0], may raise.
void bxl_write_float(bxl_writer *writer, double number);

/// Bytes of the well-formed UTF-8 sequence at `bytes`, or 0 when there is none. Never raises.
size_t bxl_utf8_length(const char *bytes, size_t left);

/// Keys in the order of their kinds.
typedef enum bxl_key_kind {
  BXL_KEY_NUMBER = 0,
  BXL_KEY_TEXT = 1,
  BXL_KEY_BOOLEAN = 2,
  BXL_KEY_OTHER = 3,
} bxl_key_kind;

/// A key of a table; it is key number `index` of the list.
typedef struct bxl_key {
  const char *bytes;
  size_t length;
  double number;
  lua_Integer index;
  bxl_key_kind kind;
} bxl_key;

/// Pushes a table that holds the keys of the table at `index` (absolute) by number, and a userdata of `*count` bxl_key
/// that names them in order. [-0, +2], may raise (memory, kill), calls no metamethods.
bxl_key *bxl_push_keys(lua_State *L, int index, size_t *count);

#endif
