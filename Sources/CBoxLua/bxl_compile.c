// Compiling a script's text. Lua's compiler asks nobody how long it takes: what makes it slow is refused before.
#include "bxl.h"

#include <ctype.h>

/// Lua walks over all open jumps of a function for each further one (lparser.c, lcode.c): 10,000 take a tenth of a
/// second, 170,000 forty seconds.
#define MOST_JUMPS 10000

/// The words that make one.
static const char *const jumps[] = {"and", "or", "elseif", "goto", "break"};

static bool is_jump(const char *word, size_t length) {
  for (size_t i = 0; i < sizeof jumps / sizeof *jumps; i++) {
    if (strlen(jumps[i]) == length && memcmp(jumps[i], word, length) == 0) return true;
  }
  return false;
}

/// How many of these words and of `::` stand in a text, in strings and comments too.
static int count_jumps(const char *text, size_t length) {
  const char *end = text + length;
  int count = 0;
  while (text < end) {
    if (isalpha((unsigned char)*text) || *text == '_') {
      const char *word = text;
      while (text < end && (isalnum((unsigned char)*text) || *text == '_')) text++;
      if (is_jump(word, (size_t)(text - word))) count++;
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
    lua_pushfstring(L, "%s%smore than %d of and, or, elseif, goto, break and :: in one text", is_file ? name + 1 : "",
                    is_file ? ":1: " : "", MOST_JUMPS);
    return LUA_ERRSYNTAX;
  }
  return luaL_loadbufferx(L, text, length, name, "t");
}
