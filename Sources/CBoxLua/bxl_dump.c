// Reads what `lua_dump` of Lua 5.4 writes.
#include "bxl_dump.h"
#include "bxl.h"

#include <stdlib.h>

typedef struct dump {
  char *bytes;
  size_t length;
  size_t capacity;
} dump;

typedef struct reader {
  const unsigned char *bytes;
  size_t length;
  size_t at;
  bool failed;
  bool short_of_memory;
} reader;

static int write_dump(lua_State *L, const void *bytes, size_t length, void *into) {
  (void)L;
  dump *d = into;
  if (length > d->capacity - d->length) {
    size_t capacity = (d->length + length) * 2;
    char *grown = realloc(d->bytes, capacity);
    if (grown == NULL) return 1;
    d->bytes = grown;
    d->capacity = capacity;
  }
  if (length > 0) memcpy(d->bytes + d->length, bytes, length);
  d->length += length;
  return 0;
}

/// The next `length` bytes; NULL, and the reading has failed, when there are fewer.
static const unsigned char *take(reader *r, size_t length) {
  if (r->failed || length > r->length - r->at) {
    r->failed = true;
    return NULL;
  }
  r->at += length;
  return r->bytes + r->at - length;
}

static int take_byte(reader *r) {
  const unsigned char *byte = take(r, 1);
  return byte == NULL ? 0 : *byte;
}

/// Seven bits a byte, the highest first; the last byte has the top bit.
static size_t take_size(reader *r) {
  size_t value = 0;
  while (!r->failed) {
    int byte = take_byte(r);
    value = value << 7 | (size_t)(byte & 0x7F);
    if (byte & 0x80) break;
  }
  return r->failed ? 0 : value;
}

static bxl_constant take_string(reader *r) {
  size_t size = take_size(r);
  if (size == 0) return (bxl_constant){NULL, 0};
  const unsigned char *bytes = take(r, size - 1);
  return (bxl_constant){(const char *)bytes, bytes == NULL ? 0 : size - 1};
}

/// Reads a count, and makes room for as many of `size` bytes, zeroed. NULL, and the reading has failed, where there is
/// no memory, or where more are announced than there are bytes.
static void *take_list(reader *r, size_t size, size_t *count) {
  *count = take_size(r);
  if (!r->failed && *count > r->length) r->failed = true;
  void *list = r->failed ? NULL : calloc(*count + 1, size);
  if (!r->failed && list == NULL) r->failed = r->short_of_memory = true;
  if (r->failed) *count = 0;
  return list;
}

static void take_code(reader *r, bxl_function *f) {
  f->code = take_list(r, sizeof *f->code, &f->code_count);
  const unsigned char *code = take(r, f->code_count * sizeof *f->code);
  if (code != NULL) memcpy(f->code, code, f->code_count * sizeof *f->code);
}

static void take_constants(reader *r, bxl_function *f) {
  f->constants = take_list(r, sizeof *f->constants, &f->constant_count);
  for (size_t i = 0; i < f->constant_count && !r->failed; i++) {
    switch (take_byte(r)) {
      case LUA_TNIL: case LUA_TBOOLEAN: case LUA_TBOOLEAN | 16: break;
      case LUA_TNUMBER: case LUA_TNUMBER | 16: take(r, 8); break;
      case LUA_TSTRING: case LUA_TSTRING | 16: f->constants[i] = take_string(r); break;
      default: r->failed = true;
    }
  }
}

static void take_upvalues(reader *r, bxl_function *f) {
  f->upvalue_count = take_size(r);
  if (f->upvalue_count > 256) r->failed = true;
  for (size_t i = 0; i < f->upvalue_count && !r->failed; i++) {
    const unsigned char *upvalue = take(r, 3);
    if (upvalue != NULL) f->upvalues[i] = (bxl_upvalue){.is_register = upvalue[0] != 0, .index = upvalue[1]};
  }
}

/// Reads the lines: a difference for each instruction; where it does not fit, -128, and the line in a list of its own.
static void take_lines(reader *r, bxl_function *f, int32_t line) {
  f->lines = calloc(f->code_count + 1, sizeof *f->lines);
  if (f->lines == NULL) r->failed = r->short_of_memory = true;
  size_t count = take_size(r);
  const unsigned char *differences = take(r, count);
  size_t exact = take_size(r), exact_at = 0, exact_line = 0, taken = 0;
  for (size_t pc = 0; pc < count && pc < f->code_count && !r->failed; pc++) {
    signed char difference = (signed char)differences[pc];
    while (difference == -128 && taken < exact && !r->failed && (taken == 0 || exact_at < pc)) {
      exact_at = take_size(r);
      exact_line = take_size(r);
      taken++;
    }
    line = difference == -128 ? (int32_t)exact_line : line + difference;
    if (!r->failed) f->lines[pc] = line;
  }
  for (; taken < exact && !r->failed; taken++) {
    take_size(r);
    take_size(r);
  }
}

/// Reads when locals live, and steps over the names of them and of upvalues.
static void take_locals(reader *r, bxl_function *f) {
  f->locals = take_list(r, sizeof *f->locals, &f->local_count);
  for (size_t i = 0; i < f->local_count && !r->failed; i++) {
    take_string(r);
    f->locals[i].start = take_size(r);
    f->locals[i].end = take_size(r);
  }
  size_t upvalues = take_size(r);
  for (size_t i = 0; i < upvalues && !r->failed; i++) take_string(r);
}

/// Reads one function, and those inside it. NULL, and the reading has failed, without memory for it.
static bxl_function *take_function(reader *r) {
  bxl_function *f = calloc(1, sizeof *f);
  if (f == NULL) {
    r->failed = r->short_of_memory = true;
    return NULL;
  }
  take_string(r);
  int32_t line = (int32_t)take_size(r);
  // The last line, and three bytes: parameters, varargs, registers.
  take_size(r);
  take(r, 3);
  take_code(r, f);
  take_constants(r, f);
  take_upvalues(r, f);
  f->functions = take_list(r, sizeof *f->functions, &f->function_count);
  for (size_t i = 0; i < f->function_count && !r->failed; i++) f->functions[i] = take_function(r);
  if (!r->failed) take_lines(r, f, line);
  if (!r->failed) take_locals(r, f);
  return f;
}

void bxl_function_free(bxl_function *function) {
  if (function == NULL) return;
  for (size_t i = 0; i < function->function_count; i++) bxl_function_free(function->functions[i]);
  free(function->functions);
  free(function->code);
  free(function->lines);
  free(function->constants);
  free(function->locals);
  free(function);
}

bxl_status bxl_function_compile(const char *text, size_t length, bxl_function **function, char **bytes,
                                char **message) {
  *function = NULL;
  *bytes = *message = NULL;
  if (length > 0 && text[0] == '#') {
    const char *end = memchr(text, '\n', length);
    length = end == NULL ? 0 : length - (size_t)(end - text);
    text = end == NULL ? "" : end;
  }
  lua_State *L = luaL_newstate();
  if (L == NULL) return BXL_MEMORY;
  // The chunk's name is our own, so that the line of a syntax error is found whatever the file is called.
  int loaded = bxl_compile(L, text, length, "=x");
  if (loaded != LUA_OK) {
    const char *problem = lua_tostring(L, -1);
    if (loaded == LUA_ERRSYNTAX && problem != NULL) *message = strdup(problem);
    lua_close(L);
    return loaded == LUA_ERRSYNTAX ? BXL_SYNTAX : BXL_MEMORY;
  }
  dump d = {0};
  bool dumped = lua_dump(L, write_dump, &d, 0) == 0;
  lua_close(L);
  *bytes = d.bytes;
  if (!dumped) return BXL_MEMORY;
  reader r = {.bytes = (const unsigned char *)d.bytes, .length = d.length};
  // Signature, version and format, check bytes, three sizes, a test integer and a test number, upvalues.
  const unsigned char *header = take(&r, 4 + 2 + 6 + 3 + 8 + 8 + 1);
  if (header == NULL || header[4] != 0x54 || header[12] != 4 || header[13] != 8 || header[14] != 8) return BXL_INTERNAL;
  *function = take_function(&r);
  return r.short_of_memory ? BXL_MEMORY : r.failed ? BXL_INTERNAL : BXL_OK;
}
