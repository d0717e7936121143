// The way that nearly every page takes. simdjson's first stage finds quotes, brackets and commas (and refuses bytes
// that are not UTF-8); the On-Demand walk then steps from one to the next without decoding a value.
#include "PageIndex.hpp"

#include <simdjson.h>

namespace cep {

using namespace simdjson;

class FastReader {
 public:
  ondemand::parser parser;

  /// Room for a page a little larger than this one, so that pages of about one size never allocate again.
  bool reserve(size_t length) {
    if (parser.capacity() >= length) return true;
    size_t rounded = (length + length / 4 + 0xFFFF) & ~static_cast<size_t>(0xFFFF);
    return parser.allocate(rounded, parser.max_depth()) == SUCCESS;
  }
};

FastReader *make_fast_reader() { return new (std::nothrow) FastReader; }
void free_fast_reader(FastReader *reader) { delete reader; }
size_t fast_reader_capacity(const FastReader *reader) { return reader->parser.capacity(); }

namespace {

class Walk {
 public:
  Walk(cep_page &page, ondemand::document &document) : page_(page), writer_(page), document_(document) {}

  bool whole_page() {
    ondemand::object root;
    if (document_.get_object().get(root) != SUCCESS) return false;
    for (auto item : root) {
      ondemand::field field;
      if (std::move(item).get(field) != SUCCESS) return false;
      cep_span key = key_of(field);
      ondemand::value &value = field.value();
      if (writer_.is_entries(key) && first_byte(value) != 'n') {
        ondemand::array entries;
        if (value.get_array().get(entries) != SUCCESS || !events(entries)) return false;
      } else {
        cep_span text;
        if (!take(value, text)) return false;
        if (writer_.page_member(key, text)) {
          // `entries: null` holds no events. Any other word that begins with n is the slow reader's to name.
          if (text.length != 4 || std::memcmp(page_.text + text.offset, "null", 4) != 0) return false;
          writer_.restart_entries(false);
        }
      }
    }
    return at_end();
  }

  bool array_of_events() {
    ondemand::array entries;
    return document_.get_array().get(entries) == SUCCESS && events(entries) && at_end();
  }

  bool one_event() {
    ondemand::object root;
    if (document_.get_object().get(root) != SUCCESS) return false;
    const char *first = page_.text;
    while (*first != '{') first++;
    writer_.begin_event();
    return members(root) && at_end() && writer_.end_event(writer_.span(first, trimmed(page_end())), CEP_FLAW_NONE);
  }

 private:
  bool events(ondemand::array &entries) {
    writer_.restart_entries();
    for (auto item : entries) {
      ondemand::value value;
      if (item.get(value) != SUCCESS) return false;
      const char *first = value.raw_json_token().data();
      writer_.begin_event();
      ondemand::object object;
      if (*first != '{' || value.get_object().get(object) != SUCCESS || !members(object)) return false;
      const char *next;
      if (document_.current_location().get(next) != SUCCESS) return false;
      if (!writer_.end_event(writer_.span(first, trimmed(next)), CEP_FLAW_NONE)) return false;
    }
    return true;
  }

  bool members(ondemand::object &object) {
    for (auto item : object) {
      ondemand::field field;
      if (std::move(item).get(field) != SUCCESS) return false;
      cep_span key = key_of(field);
      cep_span text;
      if (!take(field.value(), text) || !writer_.add_field(key, text)) return false;
    }
    return true;
  }

  /// The value's text; steps over it.
  bool take(ondemand::value &value, cep_span &text) {
    std::string_view whole;
    switch (first_byte(value)) {
      case '{': {
        ondemand::object object;
        if (!begins_well(value) || value.get_object().get(object) != SUCCESS) return false;
        if (object.raw_json().get(whole) != SUCCESS) return false;
        break;
      }
      case '[': {
        ondemand::array array;
        if (!begins_well(value) || value.get_array().get(array) != SUCCESS) return false;
        if (array.raw_json().get(whole) != SUCCESS) return false;
        break;
      }
      case ',': case ':': case '}': case ']':
        return false;
      case '"': {
        // Taken by name: left to itself, simdjson would step over `"text":` as over a key.
        whole = value.raw_json_token();
        ondemand::raw_json_string consumed;
        if (value.get_raw_json_string().get(consumed) != SUCCESS) return false;
        break;
      }
      default:
        whole = value.raw_json_token();
    }
    text = writer_.span(whole.data(), trimmed(whole.data() + whole.size()));
    return true;
  }

  /// Whether the first thing inside a bracket is what belongs there. simdjson steps over the rest of an object or
  /// array by counting brackets, but takes these first steps on trust and loses count when they are wrong: `["a":1]`,
  /// `{"a"}`, `{1}`, `[,]`, `{"a":}`, `{"a":"b":1}`.
  bool begins_well(ondemand::value &value) const {
    const char *at = value.raw_json_token().data();
    bool object = *at++ == '{';
    at = past_space(at);
    if (*at == (object ? '}' : ']')) return true;
    if (object) {
      if (*at != '"') return false;
      at = past_space(closing_quote(at + 1) + 1);
      if (*at != ':') return false;
      at = past_space(at + 1);
    }
    if (*at == '"') return *past_space(closing_quote(at + 1) + 1) != ':';
    return begins_value(*at);
  }
  static bool begins_value(char byte) { return std::memchr(",:}]", byte, 4) == nullptr; }

  static char first_byte(ondemand::value &value) { return *value.raw_json_token().data(); }

  cep_span key_of(ondemand::field &field) const {
    const char *first = field.key().raw();
    return writer_.span(first, closing_quote(first));
  }

  /// The end of the string whose characters begin here. The first stage refuses a page with an open string, so it is
  /// there; the bound stands guard all the same.
  const char *closing_quote(const char *at) const {
    while (at < page_end() && *at != '"') at += *at == '\\' ? 2 : 1;
    return at < page_end() ? at : page_end();
  }
  /// The zeros behind the page end it.
  static const char *past_space(const char *at) {
    while (is_space(*at)) at++;
    return at;
  }

  /// simdjson ends a value where the next token begins: white space between belongs to nobody.
  static const char *trimmed(const char *end) {
    while (is_space(end[-1])) end--;
    return end;
  }
  const char *page_end() const { return page_.text + page_.length; }
  bool at_end() { return document_.current_location().error() == OUT_OF_BOUNDS; }

  cep_page &page_;
  IndexWriter writer_;
  ondemand::document &document_;
};

}  // namespace

bool read_fast(FastReader &reader, cep_page &page, cep_input input) {
  if (!reader.reserve(page.length)) return false;
  ondemand::document document;
  if (reader.parser.iterate(page.text, page.length, page.length + CEP_PADDING).get(document) != SUCCESS) return false;
  Walk walk(page, document);
  switch (input) {
    case CEP_INPUT_PAGE: return walk.whole_page();
    case CEP_INPUT_ARRAY: return walk.array_of_events();
    case CEP_INPUT_EVENT: return walk.one_event();
  }
  return false;
}

}  // namespace cep
