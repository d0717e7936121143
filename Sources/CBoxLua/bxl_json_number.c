// JSON numbers to Lua numbers.
#include "bxl_json.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

/// Powers of ten that a double holds exactly.
static const double exact_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
#define LARGEST_EXACT_POWER 22
/// Every whole number up to here is a double.
#define LARGEST_EXACT_WHOLE (UINT64_C(1) << 53)
/// Exponents are counted up to here; what lies beyond is infinite or zero whatever follows.
#define LARGEST_EXPONENT 1000000

/// A number's text taken apart.
typedef struct parts {
  size_t length;
  bool is_negative;
  bool is_float;
  /// The digits without the point; meaningless when `overflows`.
  uint64_t digits;
  bool overflows;
  size_t fraction_digits;
  int exponent;
} parts;

/// Moves over digits from `at` and adds them up. Returns where they end. [-0, +0], may raise (kill).
static size_t take_digits(const bxl_json_reader *r, size_t at, parts *number) {
  while (at < r->length && r->text[at] >= '0' && r->text[at] <= '9') {
    uint64_t digit = (uint64_t)(r->text[at] - '0');
    number->overflows |= number->digits > (UINT64_MAX - digit) / 10;
    number->digits = number->digits * 10 + digit;
    if ((++at & 63) == 0) bxl_step(r->L);
  }
  return at;
}

/// Moves over an exponent's sign and digits. Returns where they end, or `at` when there are none.
static size_t take_exponent(const bxl_json_reader *r, size_t at, parts *number) {
  size_t begin = at;
  bool is_negative = at < r->length && r->text[at] == '-';
  if (at < r->length && (r->text[at] == '+' || r->text[at] == '-')) at++;
  size_t first = at;
  for (; at < r->length && r->text[at] >= '0' && r->text[at] <= '9'; at++) {
    if (number->exponent < LARGEST_EXPONENT) number->exponent = number->exponent * 10 + (r->text[at] - '0');
    if ((at & 63) == 0) bxl_step(r->L);
  }
  if (is_negative) number->exponent = -number->exponent;
  return at == first ? begin : at;
}

/// Whether what begins next is a number as RFC 8259 writes them, and nothing else is stuck to it.
static bool take_apart(const bxl_json_reader *r, parts *number) {
  size_t at = r->at;
  number->is_negative = r->text[at] == '-';
  if (number->is_negative) at++;
  size_t first = at;
  at = take_digits(r, at, number);
  if (at == first || (r->text[first] == '0' && at > first + 1)) return false;
  if (at < r->length && r->text[at] == '.') {
    first = ++at;
    at = take_digits(r, at, number);
    if (at == first) return false;
    number->is_float = true;
    number->fraction_digits = at - first;
  }
  if (at < r->length && (r->text[at] == 'e' || r->text[at] == 'E')) {
    first = ++at;
    at = take_exponent(r, at, number);
    if (at == first) return false;
    number->is_float = true;
  }
  number->length = at - r->at;
  return at == r->length || (unsigned char)r->text[at] <= ' ' || strchr(",]}", r->text[at]) != NULL;
}

/// The C library's reading, for what does not come out exactly with one operation. [-0, +0], may raise (memory).
static double read_slowly(lua_State *L, const char *text, size_t length) {
  char small[64];
  char *copy = length < sizeof small ? small : lua_newuserdatauv(L, length + 1, 0);
  memcpy(copy, text, length);
  copy[length] = '\0';
  char *point = strchr(copy, '.');
  if (point != NULL) *point = *localeconv()->decimal_point;
  double value = strtod(copy, NULL);
  if (copy != small) lua_pop(L, 1);
  return value;
}

static double float_value(lua_State *L, const char *text, const parts *number) {
  int64_t exponent = number->exponent - (int64_t)number->fraction_digits;
  bool is_exact = !number->overflows && number->digits <= LARGEST_EXACT_WHOLE;
  if (!is_exact || exponent < -LARGEST_EXACT_POWER || exponent > LARGEST_EXACT_POWER) {
    return read_slowly(L, text, number->length);
  }
  // Both are exact, so that the one operation rounds as the whole text would.
  double whole = (double)number->digits;
  double value = exponent < 0 ? whole / exact_powers[-exponent] : whole * exact_powers[exponent];
  return number->is_negative ? -value : value;
}

/// Whether a whole number fits an integer. -2^63 does, 2^63 does not.
static bool is_integer(const parts *number) {
  uint64_t largest = (uint64_t)INT64_MAX + (number->is_negative ? 1 : 0);
  return !number->is_float && !number->overflows && number->digits <= largest;
}

bool bxl_json_read_number(bxl_json_reader *r, bool as_text) {
  parts number = {0};
  if (!take_apart(r, &number)) return bxl_json_read_malformed(r, "invalid number");
  const char *text = r->text + r->at;
  if (as_text) {
    lua_pushlstring(r->L, text, number.length);
  } else if (is_integer(&number)) {
    lua_pushinteger(r->L, (lua_Integer)(number.is_negative ? 0 - number.digits : number.digits));
  } else if (!number.is_float) {
    lua_pushlstring(r->L, text, number.length);
  } else {
    double value = float_value(r->L, text, &number);
    if (isfinite(value)) {
      lua_pushnumber(r->L, value);
    } else if (r->lenient) {
      lua_pushlstring(r->L, text, number.length);
    } else {
      return bxl_json_fail(r, "a number beyond the range of 64-bit floats");
    }
  }
  r->at += number.length;
  return true;
}

bool bxl_json_read_malformed(bxl_json_reader *r, const char *fault) {
  size_t at = r->at;
  if (!r->lenient) return bxl_json_fail(r, fault);
  while (at < r->length && (unsigned char)r->text[at] > ' ' && strchr(",:[]{}\"", r->text[at]) == NULL) {
    size_t step = bxl_utf8_length(r->text + at, r->length - at);
    if (step == 0) return bxl_json_fail(r, fault);
    at += step;
    bxl_step(r->L);
  }
  if (at == r->at) return bxl_json_fail(r, fault);
  lua_pushlstring(r->L, r->text + r->at, at - r->at);
  r->at = at;
  return true;
}
