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

/// The level of a long bracket that begins at `text`, such as 2 for `[==[`; -1 where none does.
static int long_bracket(const char *text, const char *end) {
  const char *at = text + 1;
  while (at < end && *at == '=') at++;
  return at < end && *at == '[' ? (int)(at - text) - 1 : -1;
}

/// Behind the long bracket of that level, or the end.
static const char *skip_long(const char *text, const char *end, int level) {
  for (text += level + 2; text < end; text++) {
    if (*text != ']' || end - text < level + 2 || text[level + 1] != ']') continue;
    int equals = 0;
    while (equals < level && text[1 + equals] == '=') equals++;
    if (equals == level) return text + level + 2;
  }
  return end;
}

/// Behind the string that begins at `text`, or the end. Lua stops at a line break in it: what follows is not compiled.
static const char *skip_string(const char *text, const char *end) {
  char quote = *text++;
  while (text < end && *text != quote) text += *text == '\\' && end - text > 1 ? 2 : 1;
  return text < end ? text + 1 : end;
}

/// Behind the comment that begins at `text`, or the end.
static const char *skip_comment(const char *text, const char *end) {
  text += 2;
  int level = text < end && *text == '[' ? long_bracket(text, end) : -1;
  if (level >= 0) return skip_long(text, end, level);
  const char *line = memchr(text, '\n', (size_t)(end - text));
  return line == NULL ? end : line;
}

/// How many of these words and of `::` stand in a text, strings and comments aside.
static int count_jumps(const char *text, size_t length) {
  const char *end = text + length;
  int count = 0;
  while (text < end) {
    int level;
    if (isalpha((unsigned char)*text) || *text == '_') {
      const char *word = text;
      while (text < end && (isalnum((unsigned char)*text) || *text == '_')) text++;
      if (is_jump(word, (size_t)(text - word))) count++;
    } else if (*text == '"' || *text == '\'') {
      text = skip_string(text, end);
    } else if (*text == '[' && (level = long_bracket(text, end)) >= 0) {
      text = skip_long(text, end, level);
    } else if (*text == '-' && end - text > 1 && text[1] == '-') {
      text = skip_comment(text, end);
    } else if (*text == ':' && end - text > 1 && text[1] == ':') {
      count++;
      text += 2;
    } else {
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
