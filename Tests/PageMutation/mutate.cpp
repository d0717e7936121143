// A seeded mutation test of the page readers, meant to be built with AddressSanitizer:
//
//   mutate SEED-FOLDER [COUNT [SEED]]
//
// Every mutated text is read twice, by the way that pages take and by the slow reader alone. Both must say the same,
// every span must lie inside the text, and every string must decode or be refused without a byte out of bounds. The
// text lies in memory that ends where its padding ends, so that the sanitizer sees any read beyond.
#include "CEventPage.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

namespace {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next() {  // SplitMix64
    uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  size_t below(size_t bound) { return bound == 0 ? 0 : next() % bound; }

 private:
  uint64_t state_;
};

const char *const kWords[] = {
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\\"", "null", "true", "1e400", "-0", "18446744073709551616", "\\ud800",
    "\\udc00", "\\u0000", "\xff", "\xc3", "\x01", "\n", "\"event_id\":", "\"event\\u005fid\":", "\"event_type\":\"X\"",
    "\"entries\":[", "\"entries\":null", "\"next_stream_position\":", "\"created_at\":7", "<html>", "\xEF\xBB\xBF",
    "[[[[[[[[[[[[[[[[", "{}", "[]", " ", "\t\r\n ", "\"a\" \"b\"", "{\"a\"}", "0", "9007199254740993", "/*", "'"};

std::string mutated(const std::vector<std::string> &seeds, Random &random) {
  std::string text = seeds[random.below(seeds.size())];
  size_t rounds = 1 + random.below(6);
  for (size_t round = 0; round < rounds; round++) {
    size_t at = random.below(text.size() + 1);
    size_t length = std::min(text.size() - at, random.below(48));
    switch (random.below(8)) {
      case 0: text.erase(at, length); break;
      case 1: text.insert(at, text.substr(random.below(text.size() + 1), random.below(64))); break;
      case 2: text.insert(at, kWords[random.below(std::size(kWords))]); break;
      case 3: if (!text.empty()) text[random.below(text.size())] ^= static_cast<char>(1U << random.below(8)); break;
      case 4: text.replace(at, length, kWords[random.below(std::size(kWords))]); break;
      case 5: if (random.below(4) == 0) text.resize(at); break;
      case 6: {
        const std::string &other = seeds[random.below(seeds.size())];
        text.insert(at, other, random.below(other.size() + 1), random.below(200));
        break;
      }
      default: if (!text.empty()) text[random.below(text.size())] = static_cast<char>(random.next());
    }
  }
  return text;
}

struct Read {
  cep_status status;
  size_t offset = 0;
  cep_page *page = nullptr;
};

char *padded(const std::string &text) {
  char *buffer = static_cast<char *>(std::malloc(text.size() + CEP_PADDING));
  std::memcpy(buffer, text.data(), text.size());
  std::memset(buffer + text.size(), 0, CEP_PADDING);
  return buffer;
}

[[noreturn]] void report(const char *what, const std::string &text, uint64_t number) {
  std::fprintf(stderr, "mutation %llu: %s\n%s\n", static_cast<unsigned long long>(number), what, text.c_str());
  std::exit(1);
}

bool same(cep_span one, cep_span other) {
  return one.length == other.length && (one.offset == other.offset || one.length == 0);
}

bool same(const cep_event &one, const cep_event &other) {
  return same(one.text, other.text) && same(one.id, other.id) && same(one.type, other.type) &&
         same(one.created_at, other.created_at) && one.first_field == other.first_field &&
         one.field_count == other.field_count && one.digest.high == other.digest.high &&
         one.digest.low == other.digest.low && one.flaw == other.flaw;
}

bool same(const cep_page *one, const cep_page *other) {
  if (cep_page_event_count(one) != cep_page_event_count(other)) return false;
  if (!same(cep_page_chunk_size(one), cep_page_chunk_size(other))) return false;
  if (!same(cep_page_next_stream_position(one), cep_page_next_stream_position(other))) return false;
  for (size_t i = 0; i < cep_page_event_count(one); i++) {
    const cep_event &event = cep_page_events(one)[i];
    if (!same(event, cep_page_events(other)[i])) return false;
    for (size_t f = event.first_field; f < event.first_field + event.field_count; f++) {
      const cep_field &a = cep_page_fields(one)[f];
      const cep_field &b = cep_page_fields(other)[f];
      if (!same(a.key, b.key) || !same(a.value, b.value)) return false;
    }
  }
  return true;
}

size_t decoded_strings = 0;

void decode(const cep_page *page, cep_span span) {
  std::vector<char> text(cep_page_text(page) + span.offset, cep_page_text(page) + span.offset + span.length);
  std::vector<char> out(span.length);
  size_t written = 0;
  if (cep_unescape(text.data(), text.size(), out.data(), &written)) {
    decoded_strings++;
    if (written > span.length) std::abort();
  }
}

size_t found_values = 0;

/// Follows a few paths into the value, from a copy that ends where the value ends.
void look_inside(const cep_page *page, cep_span span) {
  std::vector<char> text(cep_page_text(page) + span.offset, cep_page_text(page) + span.offset + span.length);
  cep_span found;
  for (const char *key : {"id", "type", "entries", "name", ""}) {
    if (!cep_find_member(text.data(), text.size(), key, std::strlen(key), &found)) continue;
    if (size_t{found.offset} + found.length > text.size()) std::abort();
    found_values++;
  }
  for (size_t index : {size_t{0}, size_t{1}, size_t{1000}}) {
    if (!cep_find_element(text.data(), text.size(), index, &found)) continue;
    if (size_t{found.offset} + found.length > text.size()) std::abort();
    found_values++;
  }
}

bool inside(cep_span inner, cep_span outer) {
  return inner.length == 0 ||
         (inner.offset >= outer.offset && inner.offset + inner.length <= outer.offset + outer.length);
}

void inspect(const cep_page *page, const std::string &text, uint64_t number) {
  cep_span whole = {0, static_cast<uint32_t>(cep_page_length(page))};
  uint32_t previous_end = 0;
  for (size_t i = 0; i < cep_page_event_count(page); i++) {
    const cep_event &event = cep_page_events(page)[i];
    if (!inside(event.text, whole) || event.text.length == 0) report("an event outside its page", text, number);
    if (event.text.offset < previous_end) report("an event over another", text, number);
    previous_end = event.text.offset + event.text.length;
    if (!inside(event.id, event.text) || !inside(event.type, event.text) || !inside(event.created_at, event.text))
      report("a member outside its event", text, number);
    decode(page, event.id);
    for (size_t f = event.first_field; f < event.first_field + event.field_count; f++) {
      const cep_field &field = cep_page_fields(page)[f];
      if (!inside(field.key, event.text) || !inside(field.value, event.text) || field.value.length == 0)
        report("a field outside its event", text, number);
      decode(page, field.key);
      look_inside(page, field.value);
      if (field.value.length >= 2 && cep_page_text(page)[field.value.offset] == '"')
        decode(page, {field.value.offset + 1, field.value.length - 2});
    }
  }
}

}  // namespace

int main(int count, char **arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: mutate SEED-FOLDER [COUNT [SEED]]\n");
    return 64;
  }
#ifndef SANITIZED
  std::fprintf(stderr, "mutate: built without AddressSanitizer; this run proves little\n");
  return 1;
#endif
  uint64_t runs = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1000000;
  uint64_t seed = count > 3 ? std::strtoull(arguments[3], nullptr, 10) : 1;
  std::vector<std::filesystem::path> paths;
  for (const auto &entry : std::filesystem::directory_iterator(arguments[1])) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> seeds;
  for (const auto &path : paths) {
    std::ifstream file(path, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  if (seeds.empty()) {
    std::fprintf(stderr, "mutate: no seeds in %s\n", arguments[1]);
    return 66;
  }

  cep_parser *parser = cep_parser_new();
  Random random(seed);
  size_t pages = 0, events = 0, flawed = 0;
  for (uint64_t number = 0; number < runs; number++) {
    std::string text = mutated(seeds, random);
    // Mostly pages; now and then the same bytes as an array or as one event.
    cep_input input = static_cast<cep_input>(std::max<int>(0, static_cast<int>(random.below(6)) - 3));
    Read fast, slow;
    char *one = padded(text), *other = padded(text);
    fast.status = cep_page_parse(parser, one, text.size(), input, &fast.page, &fast.offset);
    slow.status = cep_page_parse_slowly(other, text.size(), input, &slow.page, &slow.offset);
    if (fast.status != slow.status || fast.offset != slow.offset) { std::fprintf(stderr, "%d at %zu, slowly %d at %zu\n", fast.status, fast.offset, slow.status, slow.offset); report("the readers disagree", text, number); }
    if (fast.status == CEP_OK) {
      if (!same(fast.page, slow.page)) report("the readers wrote different indexes", text, number);
      inspect(fast.page, text, number);
      pages++;
      events += cep_page_event_count(fast.page);
      for (size_t i = 0; i < cep_page_event_count(fast.page); i++) {
        if (cep_page_events(fast.page)[i].flaw != CEP_FLAW_NONE) flawed++;
      }
      cep_page_free(fast.page);
      cep_page_free(slow.page);
    }
    std::free(one);
    std::free(other);
  }
  cep_parser_free(parser);
  // A run that no longer reaches the readers' inner parts proves nothing.
  if (pages < runs / 10 || flawed == 0 || decoded_strings < runs || found_values < runs / 8) {
    std::fprintf(stderr, "mutate: only %zu pages, %zu flawed events, %zu strings: the seeds are no use\n", pages, flawed,
                 decoded_strings);
    return 1;
  }
  std::printf("%llu mutated pages under AddressSanitizer: %zu read, %zu events (%zu flawed), %zu strings decoded, "
              "%zu values found\n",
              static_cast<unsigned long long>(runs), pages, events, flawed, decoded_strings, found_values);
  return 0;
}
