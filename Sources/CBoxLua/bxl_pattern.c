// Lua's patterns, matched by backtracking.
//
// Lua's own matcher looks at nothing but the pattern until it is done, and ("a*"):rep(20) .. "b" is never done: no hook
// runs inside it, so no budget ends it. This one charges a step for each byte and each item that it tries. All else is
// Lua 5.4.4's: what matches, the order of attempts, the depth limit, the errors. Tests/CBoxLua/strings_test.c holds the
// two against each other.
//
// Every Lua string is followed by a '\0' that is no part of it, so that one byte past the end of the pattern can be
// read: it is never a special character.
#include "bxl_pattern.h"

#include <ctype.h>

#define ESCAPE '%'
/// Nested attempts: bounds the C stack.
#define MAX_DEPTH 200

static const char *match_here(bxl_matcher *m, const char *s, const char *p);

void bxl_matcher_begin(bxl_matcher *matcher, lua_State *L, bxl_bytes subject, bxl_bytes pattern) {
  matcher->L = L;
  matcher->subject = subject.bytes;
  matcher->subject_end = subject.bytes + subject.length;
  matcher->pattern = pattern.bytes;
  matcher->pattern_end = pattern.bytes + pattern.length;
  matcher->depth = 0;
  matcher->level = 0;
}

// ---- Items: what matches one byte -----------------------------------------------------------------------------------

/// Whether a byte belongs to `%letter`. The upper-case letter means the complement; what is no class means itself.
static bool is_in_class(unsigned char byte, unsigned char letter) {
  bool is_in;
  switch (tolower(letter)) {
    case 'a': is_in = isalpha(byte); break;
    case 'c': is_in = iscntrl(byte); break;
    case 'd': is_in = isdigit(byte); break;
    case 'g': is_in = isgraph(byte); break;
    case 'l': is_in = islower(byte); break;
    case 'p': is_in = ispunct(byte); break;
    case 's': is_in = isspace(byte); break;
    case 'u': is_in = isupper(byte); break;
    case 'w': is_in = isalnum(byte); break;
    case 'x': is_in = isxdigit(byte); break;
    // Left over from Lua 5.1, no longer in the manual, still in 5.4.
    case 'z': is_in = byte == 0; break;
    default: return letter == byte;
  }
  return is_in != (isupper(letter) != 0);
}

/// Whether a byte belongs to the set whose brackets stand at `open` and `close`.
static bool is_in_set(const bxl_matcher *m, unsigned char byte, const char *open, const char *close) {
  bool is_complement = open[1] == '^';
  const char *p = open + (is_complement ? 2 : 1);
  while (p < close) {
    bxl_step(m->L);
    if (*p == ESCAPE) {
      if (is_in_class(byte, (unsigned char)p[1])) return !is_complement;
      p += 2;
    } else if (p[1] == '-' && p + 2 < close) {
      if ((unsigned char)p[0] <= byte && byte <= (unsigned char)p[2]) return !is_complement;
      p += 3;
    } else {
      if ((unsigned char)*p == byte) return !is_complement;
      p++;
    }
  }
  return is_complement;
}

/// Where the item that begins at `p` ends.
static const char *item_end(const bxl_matcher *m, const char *p) {
  const char first = *p++;
  if (first == ESCAPE) {
    if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
    return p + 1;
  }
  if (first != '[') return p;
  if (*p == '^') p++;
  // A ']' that stands first is a member of the set.
  do {
    bxl_step(m->L);
    if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
    if (*p++ == ESCAPE && p < m->pattern_end) p++;
  } while (*p != ']');
  return p + 1;
}

/// Whether the byte at `s` matches the item that stands between `item` and `end`.
static bool matches_item(const bxl_matcher *m, const char *s, const char *item, const char *end) {
  if (s >= m->subject_end) return false;
  unsigned char byte = (unsigned char)*s;
  switch (*item) {
    case '.': return true;
    case ESCAPE: return is_in_class(byte, (unsigned char)item[1]);
    case '[': return is_in_set(m, byte, item, end - 1);
    default: return (unsigned char)*item == byte;
  }
}

// ---- Repetitions ----------------------------------------------------------------------------------------------------

/// As many as possible, then one less as long as the rest of the pattern does not match.
static const char *match_longest(bxl_matcher *m, const char *s, const char *item, const char *end) {
  const char *last = s;
  while (matches_item(m, last, item, end)) {
    bxl_step(m->L);
    last++;
  }
  for (;; last--) {
    const char *rest = match_here(m, last, end + 1);
    if (rest != NULL || last == s) return rest;
  }
}

/// None, then one more as long as the rest of the pattern does not match.
static const char *match_shortest(bxl_matcher *m, const char *s, const char *item, const char *end) {
  for (;; s++) {
    const char *rest = match_here(m, s, end + 1);
    if (rest != NULL || !matches_item(m, s, item, end)) return rest;
  }
}

/// An item with its repetition. Moves `*pattern` behind what is matched: to the pattern's end where trying the
/// alternatives has matched the rest as well.
static const char *match_repeated(bxl_matcher *m, const char *s, const char **pattern) {
  const char *item = *pattern;
  const char *end = item_end(m, item);
  const char repetition = *end;
  bool is_optional = repetition == '*' || repetition == '?' || repetition == '-';
  if (!matches_item(m, s, item, end)) {
    *pattern = end + 1;
    return is_optional ? s : NULL;
  }
  if (!is_optional && repetition != '+') {
    *pattern = end;
    return s + 1;
  }
  if (repetition == '?') {
    const char *rest = match_here(m, s + 1, end + 1);
    *pattern = rest == NULL ? end + 1 : m->pattern_end;
    return rest == NULL ? s : rest;
  }
  *pattern = m->pattern_end;
  if (repetition == '-') return match_shortest(m, s, item, end);
  return match_longest(m, repetition == '+' ? s + 1 : s, item, end);
}

// ---- Captures -------------------------------------------------------------------------------------------------------

/// A '(' at `p`, and all that follows.
static const char *match_open(bxl_matcher *m, const char *s, const char *p) {
  if (m->level >= BXL_MAX_CAPTURES) luaL_error(m->L, "too many captures");
  bool is_position = p[1] == ')';
  m->captures[m->level++] = (bxl_capture){s, is_position ? BXL_CAPTURE_POSITION : BXL_CAPTURE_OPEN};
  const char *rest = match_here(m, s, p + (is_position ? 2 : 1));
  if (rest == NULL) m->level--;
  return rest;
}

/// A ')' at `p`, and all that follows. It closes the innermost capture that is open.
static const char *match_close(bxl_matcher *m, const char *s, const char *p) {
  int number = m->level - 1;
  while (number >= 0 && m->captures[number].length != BXL_CAPTURE_OPEN) number--;
  if (number < 0) luaL_error(m->L, "invalid pattern capture");
  bxl_capture *capture = &m->captures[number];
  capture->length = s - capture->start;
  const char *rest = match_here(m, s, p + 1);
  if (rest == NULL) capture->length = BXL_CAPTURE_OPEN;
  return rest;
}

/// `%1` to `%9`: the capture's text once more. A position has no text, so that nothing equals it.
static const char *match_back_reference(bxl_matcher *m, const char *s, char digit) {
  int number = digit - '1';
  if (number < 0 || number >= m->level || m->captures[number].length == BXL_CAPTURE_OPEN) {
    luaL_error(m->L, "invalid capture index %%%d", number + 1);
  }
  bxl_capture capture = m->captures[number];
  if (capture.length < 0 || m->subject_end - s < capture.length) return NULL;
  return memcmp(capture.start, s, (size_t)capture.length) == 0 ? s + capture.length : NULL;
}

// ---- The other things that begin with '%' ---------------------------------------------------------------------------

/// `%bxy` with the two bytes at `p`: from an x to the y that balances it.
static const char *match_balance(const bxl_matcher *m, const char *s, const char *p) {
  if (p + 1 >= m->pattern_end) luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
  if (s >= m->subject_end || *s != p[0]) return NULL;
  size_t open = 1;
  while (++s < m->subject_end) {
    bxl_step(m->L);
    if (*s == p[1]) {
      if (--open == 0) return s + 1;
    } else if (*s == p[0]) {
      open++;
    }
  }
  return NULL;
}

/// `%f[set]` with the set at `*pattern`, which is moved behind it: the byte before is outside, the next one inside.
/// Both ends of the subject count as '\0'.
static const char *match_frontier(const bxl_matcher *m, const char *s, const char **pattern) {
  const char *set = *pattern;
  if (*set != '[') luaL_error(m->L, "missing '[' after '%%f' in pattern");
  const char *end = item_end(m, set);
  unsigned char before = s == m->subject ? 0 : (unsigned char)s[-1];
  unsigned char next = s == m->subject_end ? 0 : (unsigned char)*s;
  *pattern = end;
  return !is_in_set(m, before, set, end - 1) && is_in_set(m, next, set, end - 1) ? s : NULL;
}

// ---- Matching -------------------------------------------------------------------------------------------------------

/// Matches the pattern from `p` on at `s`. What leaves no choice goes around the loop. What has one nests, and so do
/// captures, which must be taken back.
static const char *match_here(bxl_matcher *m, const char *s, const char *p) {
  if (m->depth == MAX_DEPTH) luaL_error(m->L, "pattern too complex");
  m->depth++;
  bxl_step(m->L);
  while (s != NULL && p != m->pattern_end) {
    bxl_step(m->L);
    if (*p == '(') {
      s = match_open(m, s, p);
      p = m->pattern_end;
    } else if (*p == ')') {
      s = match_close(m, s, p);
      p = m->pattern_end;
    } else if (*p == '$' && p + 1 == m->pattern_end) {
      if (s != m->subject_end) s = NULL;
      p = m->pattern_end;
    } else if (*p == ESCAPE && p[1] == 'b') {
      s = match_balance(m, s, p + 2);
      p += 4;
    } else if (*p == ESCAPE && p[1] == 'f') {
      p += 2;
      s = match_frontier(m, s, &p);
    } else if (*p == ESCAPE && '0' <= p[1] && p[1] <= '9') {
      s = match_back_reference(m, s, p[1]);
      p += 2;
    } else {
      s = match_repeated(m, s, &p);
    }
  }
  m->depth--;
  return s;
}

const char *bxl_match_at(bxl_matcher *matcher, const char *start) {
  matcher->depth = 0;
  matcher->level = 0;
  return match_here(matcher, start, matcher->pattern);
}

// ---- Results --------------------------------------------------------------------------------------------------------

ptrdiff_t bxl_get_capture(const bxl_matcher *matcher, int number, const char *start, const char *end,
                          const char **text) {
  if (number >= matcher->level) {
    if (number != 0) luaL_error(matcher->L, "invalid capture index %%%d", number + 1);
    *text = start;
    return end - start;
  }
  bxl_capture capture = matcher->captures[number];
  if (capture.length == BXL_CAPTURE_OPEN) luaL_error(matcher->L, "unfinished capture");
  *text = capture.start;
  return capture.length;
}

void bxl_push_capture(const bxl_matcher *matcher, int number, const char *start, const char *end) {
  const char *text;
  ptrdiff_t length = bxl_get_capture(matcher, number, start, end, &text);
  if (length == BXL_CAPTURE_POSITION) {
    lua_pushinteger(matcher->L, text - matcher->subject + 1);
  } else {
    lua_pushlstring(matcher->L, text, (size_t)length);
  }
}

int bxl_push_captures(const bxl_matcher *matcher, const char *start, const char *end) {
  int count = matcher->level == 0 && start != NULL ? 1 : matcher->level;
  luaL_checkstack(matcher->L, count, "too many captures");
  for (int number = 0; number < count; number++) bxl_push_capture(matcher, number, start, end);
  return count;
}
