// Steps over JSON text byte by byte. Knows quotes and brackets, decodes nothing, recurses nowhere.
#ifndef CEVENTPAGE_SCANNER_HPP
#define CEVENTPAGE_SCANNER_HPP

#include "PageIndex.hpp"

namespace cep {

class Scanner {
 public:
  Scanner(const char *text, size_t length) : text_(text), at_(text), end_(text + length) {}

 protected:
  /// `"key" :`, and the white space behind it.
  bool member_key(cep_span &key, const char *limit) {
    if (at_ >= limit) return fail(CEP_TRUNCATED);
    if (*at_ != '"') return fail(CEP_NOT_JSON);
    const char *first = at_ + 1;
    if (!skip_string(limit)) return false;
    key = span(first, at_ - 1);
    skip_space();
    if (at_ >= limit) return fail(CEP_TRUNCATED);
    if (*at_ != ':') return fail(CEP_NOT_JSON);
    at_++;
    skip_space();
    return at_ < limit || fail(CEP_TRUNCATED);
  }

  /// Steps over one value of any kind. Brackets are counted, not matched: a mismatch is found by whoever decodes.
  bool value_text(cep_span &text, const char *limit) {
    const char *first = at_;
    if (at_ >= limit) return fail(CEP_TRUNCATED);
    switch (*at_) {
      case '"':
        if (!skip_string(limit)) return false;
        break;
      case '{': case '[': {
        size_t depth = 0;
        do {
          if (at_ >= limit) return fail(CEP_TRUNCATED);
          switch (*at_) {
            case '"':
              if (!skip_string(limit)) return false;
              continue;
            case '{': case '[': depth++; break;
            case '}': case ']': depth--; break;
            case '\\': skip_escaped_quote(limit); break;
            default: break;
          }
          at_++;
        } while (depth > 0);
        break;
      }
      case ',': case ':': case '}': case ']':
        return fail(CEP_NOT_JSON);
      default:
        if (!skip_word(limit)) return false;
    }
    text = span(first, at_);
    return true;
  }

  /// A number, a literal, or whatever stands in their place.
  bool skip_word(const char *limit) {
    while (at_ < limit && !is_space(*at_)) {
      switch (*at_) {
        case ',': case ':': case '{': case '}': case '[': case ']':
          return true;
        case '"':
          if (!skip_string(limit)) return false;
          break;
        case '\\':
          skip_escaped_quote(limit);
          at_++;
          break;
        default:
          at_++;
      }
    }
    return true;
  }

  /// A backslash outside a string is a mistake either way; simdjson lets it hide a quote, so it does here.
  void skip_escaped_quote(const char *limit) {
    if (at_ + 1 < limit && (at_[1] == '"' || at_[1] == '\\')) at_++;
  }

  bool skip_string(const char *limit) {
    for (at_++; at_ < limit; at_++) {
      if (*at_ == '"') {
        at_++;
        return true;
      }
      if (static_cast<unsigned char>(*at_) < 0x20) damaged_bytes_ = true;
      if (*at_ == '\\') at_++;
    }
    at_ = limit;
    return fail(CEP_TRUNCATED);
  }

  void skip_space() {
    while (at_ < end_ && is_space(*at_)) at_++;
  }

  cep_span span(const char *first, const char *end) const {
    return {static_cast<uint32_t>(first - text_), static_cast<uint32_t>(end - first)};
  }
  bool fail(cep_status status) {
    failure_ = status;
    return false;
  }

  const char *const text_;
  const char *at_;
  const char *const end_;
  cep_status failure_ = CEP_NOT_JSON;
  bool damaged_bytes_ = false;
};

}  // namespace cep

#endif
