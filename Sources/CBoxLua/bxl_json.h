// What the files of the JSON reader share.
#ifndef BXL_JSON_H
#define BXL_JSON_H

#include "bxl_text.h"

typedef struct bxl_json_reader {
  lua_State *L;
  const char *text;
  size_t length;
  /// The byte that is read next; after a fault the one where reading stopped.
  size_t at;
  bool lenient;
  int depth;
  const char *fault;
} bxl_json_reader;

/// Notes why the text does not read. Always false.
static inline bool bxl_json_fail(bxl_json_reader *reader, const char *fault) {
  reader->fault = fault;
  return false;
}

/// Reads the string whose quotation mark is next. [-0, +1], or false with anything above the caller's values. May raise
/// (memory, kill).
bool bxl_json_read_string(bxl_json_reader *reader);
/// Reads the number that begins next, as text for an id; integers beyond 64 bits are text. As above.
bool bxl_json_read_number(bxl_json_reader *reader, bool as_text);
/// What is no JSON becomes text where that is allowed, else it is this fault. As above.
bool bxl_json_read_malformed(bxl_json_reader *reader, const char *fault);

#endif
