// A compiled chunk as functions: what `lua_dump` of Lua 5.4 writes, read into memory.
#ifndef BXL_DUMP_H
#define BXL_DUMP_H

#include "bxl.h"

/// A text among a function's constants; without bytes where the constant is something else.
typedef struct bxl_constant {
  const char *bytes;
  size_t length;
} bxl_constant;

/// The instructions `[start, end)` during which a local variable lives.
typedef struct bxl_local {
  size_t start;
  size_t end;
} bxl_local;

/// An upvalue: a register of the enclosing function, or an upvalue of it.
typedef struct bxl_upvalue {
  bool is_register;
  unsigned char index;
} bxl_upvalue;

typedef struct bxl_function {
  uint32_t *code;
  /// The line of each instruction.
  int32_t *lines;
  size_t code_count;
  bxl_constant *constants;
  size_t constant_count;
  bxl_upvalue upvalues[256];
  size_t upvalue_count;
  struct bxl_function **functions;
  size_t function_count;
  /// In the order in which they begin.
  bxl_local *locals;
  size_t local_count;
} bxl_function;

/// Compiles a chunk in a throw-away state. On BXL_OK `*function` is the main function, whose texts point into `*bytes`;
/// on BXL_SYNTAX `*message` is `x:LINE: what is wrong`, or NULL. The caller frees `*bytes` and `*message` with `free`,
/// the function with ``bxl_function_free``. Never raises.
bxl_status bxl_function_compile(const char *text, size_t length, bxl_function **function, char **bytes, char **message);
/// Frees a function and those inside it; NULL is none.
void bxl_function_free(bxl_function *function);

#endif
