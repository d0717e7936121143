#include "PageIndex.hpp"

namespace cep {

bool IndexWriter::key_is(cep_span key, const char *name, size_t length) const {
  const char *characters = page_.text + key.offset;
  if (key.length == length) return std::memcmp(characters, name, length) == 0;
  // A key may be written with escapes: longer than the name, at most six bytes for each character.
  if (key.length < length || key.length > length * 6) return false;
  if (std::memchr(characters, '\\', key.length) == nullptr) return false;
  char decoded[128];
  size_t count = 0;
  return key.length <= sizeof decoded && cep_unescape(characters, key.length, decoded, &count) && count == length &&
         std::memcmp(decoded, name, length) == 0;
}

cep_span IndexWriter::identifier(cep_span value, bool numbers_too) const {
  if (value.length == 0) return {};
  char first = page_.text[value.offset];
  if (first == '"' && value.length >= 2) return {value.offset + 1, value.length - 2};
  // Ids are numbers in places (PROTOCOL, section 4); their text is the id.
  if (numbers_too && (first == '-' || (first >= '0' && first <= '9'))) return value;
  return {};
}

bool IndexWriter::add_field(cep_span key, cep_span value) {
  // Of members that stand twice the last counts.
  if (key_is(key, "event_id", 8)) {
    event_.id = identifier(value, true);
  } else if (key_is(key, "event_type", 10)) {
    event_.type = identifier(value, false);
  } else if (key_is(key, "created_at", 10)) {
    event_.created_at = identifier(value, false);
  }
  event_.field_count++;
  return page_.fields.append({key, value});
}

bool IndexWriter::end_event(cep_span text, cep_flaw flaw) {
  event_.text = text;
  event_.flaw = flaw;
  cep_span identity = event_.id.length > 0 ? event_.id : text;
  event_.digest = cep_digest_of(page_.text + identity.offset, identity.length);
  return page_.events.append(event_);
}

bool IndexWriter::is_entries(cep_span key) const { return key_is(key, "entries", 7); }

bool IndexWriter::page_member(cep_span key, cep_span value) {
  if (key_is(key, "next_stream_position", 20)) {
    page_.next_stream_position = value;
  } else if (key_is(key, "chunk_size", 10)) {
    page_.chunk_size = value;
  } else {
    return is_entries(key);
  }
  return false;
}

}  // namespace cep
