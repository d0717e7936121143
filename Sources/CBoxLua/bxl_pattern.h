// Lua's patterns. Only bxl_string.c and bxl_pattern.c include this.
#ifndef BXL_PATTERN_H
#define BXL_PATTERN_H

#include "bxl.h"

/// Pairs of parentheses in one pattern.
#define BXL_MAX_CAPTURES 32

/// Stands for a length in `bxl_capture`.
enum { BXL_CAPTURE_OPEN = -1, BXL_CAPTURE_POSITION = -2 };

/// What one pair of parentheses matched.
typedef struct bxl_capture {
  const char *start;
  ptrdiff_t length;
} bxl_capture;

/// One search. Points into two strings that must stay on the stack (or in upvalues) meanwhile; owns nothing.
typedef struct bxl_matcher {
  lua_State *L;
  const char *subject;
  const char *subject_end;
  const char *pattern;
  const char *pattern_end;
  int depth;
  int level;
  bxl_capture captures[BXL_MAX_CAPTURES];
} bxl_matcher;

/// Prepares a search. A leading '^' is the caller's business: gmatch takes it literally. [-0, +0], never raises.
void bxl_matcher_begin(bxl_matcher *matcher, lua_State *L, bxl_bytes subject, bxl_bytes pattern);

/// Matches the pattern at one place of the subject. The match's end, or NULL. [-0, +0], may raise (a malformed or too
/// complex pattern, kill).
const char *bxl_match_at(bxl_matcher *matcher, const char *start);

/// The capture with this number, from 0; number 0 is the whole match where the pattern captures nothing. Returns its
/// length and sets `*text`, or returns BXL_CAPTURE_POSITION. [-0, +0], raises for a number that is not there and for
/// parentheses that were not closed.
ptrdiff_t bxl_get_capture(const bxl_matcher *matcher, int number, const char *start, const char *end,
                          const char **text);

/// Pushes the same as a Lua value: a string, or the position as an integer. [-0, +1], may raise.
void bxl_push_capture(const bxl_matcher *matcher, int number, const char *start, const char *end);

/// Pushes all captures; the whole match where there are none, unless `start` is NULL. Returns how many values.
/// [-0, +n], may raise.
int bxl_push_captures(const bxl_matcher *matcher, const char *start, const char *end);

#endif
