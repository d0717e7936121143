// Compiling a script's text. Lua's compiler asks nobody how long it takes: what makes it slow is refused before.
#include "bxl.h"

#include <ctype.h>

/// Each jump is compared with each label and each block around it: 5,000 take some ten milliseconds, 100,000 seconds.
#define MOST_JUMPS 5000

static bool is_word(const char *text, const char *end, const char *word, size_t length) {
  if ((size_t)(end - text) < length || memcmp(text, word, length) != 0) return false;
  return text + length == end || !(isalnum((unsigned char)text[length]) || text[length] == '_');
}

/// How often `goto`, `break` and `::` stand in a text, in strings and comments too.
static int count_jumps(const char *text, size_t length) {
  const char *end = text + length;
  int count = 0;
  while (text < end) {
    if (isalpha((unsigned char)*text) || *text == '_') {
      if (is_word(text, end, "goto", 4) || is_word(text, end, "break", 5)) count++;
      while (text < end && (isalnum((unsigned char)*text) || *text == '_')) text++;
    } else if (*text++ == ':' && text < end && *text == ':') {
      count++;
      text++;
    }
  }
  return count;
}

int bxl_compile(lua_State *L, const char *text, size_t length, const char *name) {
  if (count_jumps(text, length) > MOST_JUMPS) {
    bool is_file = name[0] == '@' || name[0] == '=';
    lua_pushfstring(L, "%s%smore than %d gotos, breaks and labels in one text", is_file ? name + 1 : "",
                    is_file ? ":1: " : "", MOST_JUMPS);
    return LUA_ERRSYNTAX;
  }
  return luaL_loadbufferx(L, text, length, name, "t");
}
