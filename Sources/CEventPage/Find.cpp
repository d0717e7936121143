// One value inside another: how a path such as `source.parent.name` is followed without decoding what lies beside it.
#include "Scanner.hpp"

namespace {

class Finder : private cep::Scanner {
 public:
  Finder(const char *text, size_t length) : Scanner(text, length) {}

  bool member(const char *key, size_t key_length, cep_span *value) {
    if (!enter('{')) return false;
    bool found = false;
    if (at_ < end_ && *at_ == '}') return false;
    for (;;) {
      cep_span name;
      cep_span candidate;
      if (!member_key(name, end_) || !value_text(candidate, end_)) return false;
      if (is(name, key, key_length)) {
        *value = candidate;
        found = true;
      }
      if (!next('}')) return ended_ && found;
    }
  }

  bool element(size_t index, cep_span *value) {
    if (!enter('[')) return false;
    if (at_ < end_ && *at_ == ']') return false;
    for (;; index--) {
      if (!value_text(*value, end_)) return false;
      if (index == 0) return true;
      if (!next(']')) return false;
    }
  }

 private:
  bool enter(char bracket) {
    skip_space();
    if (at_ == end_ || *at_ != bracket) return false;
    at_++;
    skip_space();
    return true;
  }
  /// Steps over a comma. False at the closing bracket, which `ended_` remembers, and at anything else.
  bool next(char closing) {
    skip_space();
    if (at_ == end_) return false;
    ended_ = *at_ == closing;
    if (*at_ != ',') return false;
    at_++;
    skip_space();
    return true;
  }
  bool is(cep_span name, const char *key, size_t key_length) const {
    const char *characters = text_ + name.offset;
    if (name.length == key_length && std::memchr(characters, '\\', name.length) == nullptr)
      return std::memcmp(characters, key, key_length) == 0;
    if (name.length <= key_length || std::memchr(characters, '\\', name.length) == nullptr) return false;
    char *decoded = static_cast<char *>(std::malloc(name.length));
    if (decoded == nullptr) return false;
    size_t count = 0;
    bool same = cep_unescape(characters, name.length, decoded, &count) && count == key_length &&
                std::memcmp(decoded, key, key_length) == 0;
    std::free(decoded);
    return same;
  }

  bool ended_ = false;
};

}  // namespace

extern "C" {

bool cep_find_member(const char *text, size_t length, const char *key, size_t key_length, cep_span *value) {
  return length <= CEP_MAX_LENGTH && Finder(text, length).member(key, key_length, value);
}

bool cep_find_element(const char *text, size_t length, size_t index, cep_span *value) {
  return length <= CEP_MAX_LENGTH && Finder(text, length).element(index, value);
}

}  // extern "C"
