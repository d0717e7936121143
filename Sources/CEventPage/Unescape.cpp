// The characters of a JSON string. simdjson 3.0.1 refuses lone surrogates, which Box passes on from file names; they
// read as U+FFFD here.
#include "CEventPage.h"

#include <simdjson.h>

#include <cstring>

namespace {

int hex_digit(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
  return -1;
}

/// The four digits of `\uXXXX`, or -1.
long code_unit(const char *digits, const char *end) {
  if (end - digits < 4) return -1;
  long unit = 0;
  for (int i = 0; i < 4; i++) {
    int digit = hex_digit(digits[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

char *put_utf8(char *out, unsigned long code_point) {
  if (code_point < 0x80) {
    *out++ = static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    *out++ = static_cast<char>(0xC0 | (code_point >> 6));
    *out++ = static_cast<char>(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    *out++ = static_cast<char>(0xE0 | (code_point >> 12));
    *out++ = static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
    *out++ = static_cast<char>(0x80 | (code_point & 0x3F));
  } else {
    *out++ = static_cast<char>(0xF0 | (code_point >> 18));
    *out++ = static_cast<char>(0x80 | ((code_point >> 12) & 0x3F));
    *out++ = static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
    *out++ = static_cast<char>(0x80 | (code_point & 0x3F));
  }
  return out;
}

/// `at` stands behind `\u`; steps over the digits, and over a low surrogate that belongs to a high one.
bool escaped_character(const char *&at, const char *end, char *&out) {
  long unit = code_unit(at, end);
  if (unit < 0) return false;
  at += 4;
  unsigned long code_point = static_cast<unsigned long>(unit);
  if (unit >= 0xD800 && unit <= 0xDFFF) {
    code_point = 0xFFFD;
    if (unit <= 0xDBFF && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
      long low = code_unit(at + 2, end);
      if (low >= 0xDC00 && low <= 0xDFFF) {
        code_point = 0x10000UL + ((static_cast<unsigned long>(unit) - 0xD800) << 10) +
                     (static_cast<unsigned long>(low) - 0xDC00);
        at += 6;
      }
    }
  }
  out = put_utf8(out, code_point);
  return true;
}

}  // namespace

extern "C" bool cep_unescape(const char *text, size_t length, char *out, size_t *written) {
  if (!simdjson::validate_utf8(text, length)) return false;
  const char *at = text;
  const char *end = text + length;
  char *const start = out;
  while (at < end) {
    unsigned char byte = static_cast<unsigned char>(*at);
    if (byte < 0x20 || byte == '"') return false;
    if (byte != '\\') {
      *out++ = *at++;
      continue;
    }
    if (++at == end) return false;
    switch (*at++) {
      case '"': *out++ = '"'; break;
      case '\\': *out++ = '\\'; break;
      case '/': *out++ = '/'; break;
      case 'b': *out++ = '\b'; break;
      case 'f': *out++ = '\f'; break;
      case 'n': *out++ = '\n'; break;
      case 'r': *out++ = '\r'; break;
      case 't': *out++ = '\t'; break;
      case 'u':
        if (!escaped_character(at, end, out)) return false;
        break;
      default: return false;
    }
  }
  *written = static_cast<size_t>(out - start);
  return true;
}
