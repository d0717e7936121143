// JSON strings to Lua strings. Nearly all of them hold nothing but plain characters and are copied once, straight from
// the text; the first escape sends a string through a buffer.
#include "bxl_json.h"

#define EVERY_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))
#define HIGH_BITS EVERY_BYTE(0x80)

/// Marks, by their high bits, those of eight bytes that are no ASCII, a control character, a quotation mark or a
/// backslash; 0 when there is none. What stands above the lowest mark may be marked without reason: it borrowed.
static uint64_t special_bytes(uint64_t bytes) {
  uint64_t quote = bytes ^ EVERY_BYTE('"'), backslash = bytes ^ EVERY_BYTE('\\');
  uint64_t found = bytes | (bytes - EVERY_BYTE(0x20)) | (quote - EVERY_BYTE(1)) | (backslash - EVERY_BYTE(1));
  return found & HIGH_BITS;
}

/// Moves over characters that stand for themselves, to the first byte that does not. [-0, +0], may raise (kill).
static void skip_plain(bxl_json_reader *r) {
  const char *text = r->text;
  size_t at = r->at, charged = at;
  for (;;) {
    if (at - charged >= 64) {
      bxl_step(r->L);
      charged = at;
    }
    uint64_t bytes;
    if (r->length - at >= sizeof bytes) {
      memcpy(&bytes, text + at, sizeof bytes);
      uint64_t special = special_bytes(bytes);
      if (special == 0) {
        at += sizeof bytes;
        continue;
      }
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
      at += (size_t)__builtin_ctzll(special) / 8;
#endif
    }
    if (at >= r->length) break;
    unsigned char c = (unsigned char)text[at];
    if (c == '"' || c == '\\' || c < 0x20) break;
    size_t step = bxl_utf8_length(text + at, r->length - at);
    if (step == 0) break;
    at += step;
  }
  r->at = at;
}

/// The four hex digits at `at`, or -1.
static int hex4(const bxl_json_reader *r, size_t at) {
  if (r->length < 4 || at > r->length - 4) return -1;
  int value = 0;
  for (size_t i = at; i < at + 4; i++) {
    char c = r->text[i];
    int digit = -1;
    if (c >= '0' && c <= '9') digit = c - '0';
    if (c >= 'a' && c <= 'f') digit = c - 'a' + 10;
    if (c >= 'A' && c <= 'F') digit = c - 'A' + 10;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

static void add_code_point(luaL_Buffer *into, uint32_t code) {
  char bytes[4];
  size_t length = 0;
  if (code < 0x80) {
    bytes[length++] = (char)code;
  } else {
    if (code < 0x800) {
      bytes[length++] = (char)(0xC0 | code >> 6);
    } else {
      if (code < 0x10000) {
        bytes[length++] = (char)(0xE0 | code >> 12);
      } else {
        bytes[length++] = (char)(0xF0 | code >> 18);
        bytes[length++] = (char)(0x80 | (code >> 12 & 63));
      }
      bytes[length++] = (char)(0x80 | (code >> 6 & 63));
    }
    bytes[length++] = (char)(0x80 | (code & 63));
  }
  luaL_addlstring(into, bytes, length);
}

/// Reads `\uXXXX`, with the low half that belongs to a high one; a half alone is U+FFFD. False at what is no hex digit.
static bool read_unicode_escape(bxl_json_reader *r, luaL_Buffer *into) {
  int code = hex4(r, r->at + 2);
  if (code < 0) return bxl_json_fail(r, "\\u without four hex digits");
  r->at += 6;
  if (code < 0xD800 || code > 0xDFFF) {
    add_code_point(into, (uint32_t)code);
    return true;
  }
  bool more = code <= 0xDBFF && r->at + 1 < r->length && r->text[r->at] == '\\' && r->text[r->at + 1] == 'u';
  int low = more ? hex4(r, r->at + 2) : -1;
  if (low < 0xDC00 || low > 0xDFFF) {
    add_code_point(into, 0xFFFD);
    return true;
  }
  r->at += 6;
  add_code_point(into, 0x10000 + ((uint32_t)(code - 0xD800) << 10) + (uint32_t)(low - 0xDC00));
  return true;
}

/// Reads the escape whose backslash is next. [-0, +0] the buffer apart, may raise (memory).
static bool read_escape(bxl_json_reader *r, luaL_Buffer *into) {
  static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
  char name = r->at + 1 < r->length ? r->text[r->at + 1] : '\0';
  if (name == 'u') return read_unicode_escape(r, into);
  const char *found = name == '\0' ? NULL : strchr(names, name);
  if (found == NULL) return bxl_json_fail(r, "invalid escape in a string");
  luaL_addchar(into, values[found - names]);
  r->at += 2;
  return true;
}

/// Reads on from a byte that does not stand for itself. Its own function: the buffer is large, and reading recurses.
static __attribute__((noinline)) bool read_with_escapes(bxl_json_reader *r, size_t begin) {
  luaL_Buffer into;
  luaL_buffinit(r->L, &into);
  for (;;) {
    bxl_step(r->L);
    luaL_addlstring(&into, r->text + begin, r->at - begin);
    if (r->at >= r->length) return bxl_json_fail(r, "unfinished string");
    unsigned char c = (unsigned char)r->text[r->at];
    if (c == '"') {
      r->at++;
      luaL_pushresult(&into);
      return true;
    }
    if (c == '\\') {
      if (!read_escape(r, &into)) return false;
    } else if (c < 0x20) {
      return bxl_json_fail(r, "control character in a string");
    } else if (r->lenient) {
      add_code_point(&into, 0xFFFD);
      r->at++;
    } else {
      return bxl_json_fail(r, "invalid UTF-8");
    }
    begin = r->at;
    skip_plain(r);
  }
}

bool bxl_json_read_string(bxl_json_reader *r) {
  size_t begin = ++r->at;
  skip_plain(r);
  if (r->at >= r->length || r->text[r->at] != '"') return read_with_escapes(r, begin);
  lua_pushlstring(r->L, r->text + begin, r->at - begin);
  r->at++;
  return true;
}
