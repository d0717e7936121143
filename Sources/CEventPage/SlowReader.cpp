// The way of the pages that simdjson refuses: one byte that is not UTF-8, one control character in a file name, one
// event whose members do not read. simdjson gives up on the whole page then; this reader gives up on the event.
//
// What keeps that safe: an event's end is found from quotes and brackets alone, before its members are read, so a
// mistake inside cannot move the border to the next event. On pages that simdjson takes, both readers write the same
// index; a seeded mutation test compares them.
#include "PageIndex.hpp"
#include "Scanner.hpp"

#include <simdjson.h>

namespace cep {

namespace {

class SlowReader : private Scanner {
 public:
  explicit SlowReader(cep_page &page) : Scanner(page.text, page.length), page_(page), writer_(page) {}

  Reading read(cep_input input) {
    if (page_.length >= 3 && std::memcmp(at_, "\xEF\xBB\xBF", 3) == 0) at_ += 3;
    skip_space();
    if (at_ == end_) return stop(CEP_EMPTY);
    if (*at_ != '{' && *at_ != '[') return stop(CEP_NOT_JSON);
    if ((*at_ == '[') != (input == CEP_INPUT_ARRAY)) return stop(CEP_WRONG_KIND);
    bool read = false;
    switch (input) {
      case CEP_INPUT_PAGE: read = whole_page(); break;
      case CEP_INPUT_ARRAY: read = events(); break;
      case CEP_INPUT_EVENT: read = event(); break;
    }
    if (!read) return stop(failure_);
    skip_space();
    if (at_ != end_) return stop(CEP_NOT_JSON);
    return {};
  }

 private:
  bool whole_page() {
    at_++;
    skip_space();
    if (at_ < end_ && *at_ == '}') { at_++; return true; }
    for (;;) {
      cep_span key;
      if (!member_key(key, end_)) return false;
      cep_span value;
      if (writer_.is_entries(key) && at_ < end_ && *at_ != 'n') {
        if (*at_ != '[') return fail(CEP_WRONG_KIND);
        if (!events()) return false;
      } else {
        if (!value_text(value, end_)) return false;
        if (writer_.page_member(key, value)) {
          if (!is_null(value)) return fail(CEP_WRONG_KIND);
          writer_.restart_entries(false);
        }
      }
      skip_space();
      if (at_ == end_) return fail(CEP_TRUNCATED);
      char next = *at_;
      if (next != ',' && next != '}') return fail(CEP_NOT_JSON);
      at_++;
      if (next == '}') return true;
      skip_space();
    }
  }

  bool events() {
    writer_.restart_entries();
    at_++;
    skip_space();
    if (at_ < end_ && *at_ == ']') { at_++; return true; }
    for (;;) {
      if (!event()) return false;
      skip_space();
      if (at_ == end_) return fail(CEP_TRUNCATED);
      char next = *at_;
      if (next != ',' && next != ']') return fail(CEP_NOT_JSON);
      at_++;
      if (next == ']') return true;
      skip_space();
    }
  }

  bool event() {
    const char *first = at_;
    damaged_bytes_ = false;
    cep_span text;
    if (!value_text(text, end_)) return false;
    const char *after = at_;
    bool damaged = damaged_bytes_ || !simdjson::validate_utf8(first, text.length);
    writer_.begin_event();
    cep_flaw flaw = CEP_FLAW_NONE;
    if (*first != '{') {
      flaw = CEP_FLAW_NOT_AN_OBJECT;
    } else {
      at_ = first;
      bool out_of_memory = false;
      bool read = members(after, out_of_memory);
      if (out_of_memory) return fail(no_room());
      if (!read || at_ != after) flaw = CEP_FLAW_SYNTAX;
      at_ = after;
    }
    // What does not read at all is worse than a string that does not.
    if (damaged && flaw == CEP_FLAW_NONE) flaw = CEP_FLAW_BYTES;
    return writer_.end_event(text, flaw) || fail(no_room());
  }

  /// The members between an event's brackets, as far as they read.
  bool members(const char *limit, bool &out_of_memory) {
    at_++;
    skip_space();
    if (at_ < limit && *at_ == '}') { at_++; return true; }
    for (;;) {
      cep_span key;
      cep_span value;
      if (!member_key(key, limit) || !value_text(value, limit)) return false;
      if (!writer_.add_field(key, value)) {
        out_of_memory = true;
        return false;
      }
      skip_space();
      if (at_ >= limit) return false;
      char next = *at_++;
      if (next == '}') return true;
      if (next != ',') return false;
      skip_space();
    }
  }

  cep_status no_room() const {
    return page_.events.is_full() || page_.fields.is_full() ? CEP_TOO_LARGE : CEP_NO_MEMORY;
  }
  bool is_null(cep_span value) const {
    return value.length == 4 && std::memcmp(page_.text + value.offset, "null", 4) == 0;
  }
  Reading stop(cep_status status) const { return {status, static_cast<size_t>(at_ - page_.text)}; }

  cep_page &page_;
  IndexWriter writer_;
};

}  // namespace

Reading read_slowly(cep_page &page, cep_input input) { return SlowReader(page).read(input); }

}  // namespace cep
