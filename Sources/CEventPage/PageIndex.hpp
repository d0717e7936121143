// The index of a page while it is written, and the page that comes of it.
#ifndef CEVENTPAGE_PAGEINDEX_HPP
#define CEVENTPAGE_PAGEINDEX_HPP

#include "CEventPage.h"

#include <cstdlib>
#include <cstring>

namespace cep {

/// A growing array of plain values. Memory that runs out is reported, never thrown: no exception may cross into Swift.
template <typename Element>
class Rows {
 public:
  Rows() = default;
  Rows(const Rows &) = delete;
  Rows &operator=(const Rows &) = delete;
  ~Rows() { std::free(rows_); }

  bool append(const Element &element) {
    if (count_ == capacity_ && !grow()) return false;
    rows_[count_++] = element;
    return true;
  }
  void truncate(size_t count) { count_ = count; }
  size_t count() const { return count_; }
  size_t capacity() const { return capacity_; }
  /// Whether the last failure was the limit's and not the memory's.
  bool is_full() const { return is_full_; }
  const Element *data() const { return rows_; }
  const Element &operator[](size_t index) const { return rows_[index]; }
  /// Gives back what is not needed; failing to is no failure.
  void shrink() {
    if (count_ == capacity_ || count_ == 0) return;
    if (void *smaller = std::realloc(rows_, count_ * sizeof(Element))) {
      rows_ = static_cast<Element *>(smaller);
      capacity_ = count_;
    }
  }

 private:
  bool grow() {
    is_full_ = capacity_ >= CEP_MAX_ROWS;
    if (is_full_) return false;
    size_t wanted = capacity_ == 0 ? 64 : capacity_ * 2;
    void *larger = std::realloc(rows_, wanted * sizeof(Element));
    if (larger == nullptr) return false;
    rows_ = static_cast<Element *>(larger);
    capacity_ = wanted;
    return true;
  }

  Element *rows_ = nullptr;
  size_t count_ = 0;
  size_t capacity_ = 0;
  bool is_full_ = false;
};

}  // namespace cep

struct cep_page {
  const char *text = nullptr;
  size_t length = 0;
  cep_span chunk_size{};
  cep_span next_stream_position{};
  bool has_entries = false;
  cep::Rows<cep_event> events;
  cep::Rows<cep_field> fields;
};

namespace cep {

constexpr bool is_space(char byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

/// Writes a page's index, one event after the other. Both readers write through it, so that what an event's id is,
/// or its digest, is decided in one place.
class IndexWriter {
 public:
  explicit IndexWriter(cep_page &page) : page_(page) {}

  /// Forgets everything: of members that stand twice the last counts, `entries` among them.
  /// Of several lists the last one counts; null lists nothing.
  void restart_entries(bool lists_them = true) {
    page_.has_entries = lists_them;
    page_.events.truncate(0);
    page_.fields.truncate(0);
  }
  void begin_event() {
    event_ = cep_event{};
    event_.first_field = static_cast<uint32_t>(page_.fields.count());
  }
  /// A member of the event that was begun. False when memory is short.
  bool add_field(cep_span key, cep_span value);
  /// Ends the event. False when memory is short.
  bool end_event(cep_span text, cep_flaw flaw);

  /// A member of the page itself. True when the key is `entries`, whose value the reader walks on its own.
  bool page_member(cep_span key, cep_span value);
  bool is_entries(cep_span key) const;

  cep_span span(const char *first, const char *end) const {
    return {static_cast<uint32_t>(first - page_.text), static_cast<uint32_t>(end - first)};
  }

 private:
  bool key_is(cep_span key, const char *name, size_t length) const;
  cep_span identifier(cep_span value, bool numbers_too) const;

  cep_page &page_;
  cep_event event_{};
};

/// What came of one reader.
struct Reading {
  cep_status status = CEP_OK;
  size_t offset = 0;
};

/// simdjson's structural pass and On-Demand walk. False when it refuses anything at all: then the slow reader says
/// what is there.
class FastReader;
bool read_fast(FastReader &reader, cep_page &page, cep_input input);
FastReader *make_fast_reader();
void free_fast_reader(FastReader *reader);
size_t fast_reader_capacity(const FastReader *reader);

/// Byte by byte, with recovery inside the events.
Reading read_slowly(cep_page &page, cep_input input);

}  // namespace cep

#endif
