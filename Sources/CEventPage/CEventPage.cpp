// The C face: who owns what, and which reader reads.
#include "PageIndex.hpp"

#include <new>

struct cep_parser {
  cep::FastReader *fast;
};

namespace {

/// Hands a page over that was read, or frees one that was not.
cep_status settle(cep_page *page, cep::Reading reading, cep_page **result, size_t *offset) {
  if (reading.status != CEP_OK) {
    *offset = reading.offset;
    cep_page_free(page);
    return reading.status;
  }
  page->events.shrink();
  page->fields.shrink();
  *result = page;
  return CEP_OK;
}

cep_status begin(const char *text, size_t length, cep_page **page, size_t *offset) {
  *offset = 0;
  if (length > CEP_MAX_LENGTH) return CEP_TOO_LARGE;
  *page = new (std::nothrow) cep_page;
  if (*page == nullptr) return CEP_NO_MEMORY;
  (*page)->text = text;
  (*page)->length = length;
  return CEP_OK;
}

/// A reader that gave up has left half an index behind.
void clear(cep_page *page) {
  page->events.truncate(0);
  page->fields.truncate(0);
  page->chunk_size = {};
  page->next_stream_position = {};
  page->has_entries = false;
}

}  // namespace

extern "C" {

cep_parser *cep_parser_new(void) {
  cep::FastReader *fast = cep::make_fast_reader();
  if (fast == nullptr) return nullptr;
  cep_parser *parser = new (std::nothrow) cep_parser{fast};
  if (parser == nullptr) cep::free_fast_reader(fast);
  return parser;
}

void cep_parser_free(cep_parser *parser) {
  if (parser == nullptr) return;
  cep::free_fast_reader(parser->fast);
  delete parser;
}

size_t cep_parser_capacity(const cep_parser *parser) { return cep::fast_reader_capacity(parser->fast); }

cep_status cep_page_parse(cep_parser *parser, const char *text, size_t length, cep_input input, cep_page **page,
                          size_t *offset) {
  cep_page *reading = nullptr;
  cep_status status = begin(text, length, &reading, offset);
  if (status != CEP_OK) return status;
  if (length > 0 && cep::read_fast(*parser->fast, *reading, input)) return settle(reading, {}, page, offset);
  clear(reading);
  return settle(reading, cep::read_slowly(*reading, input), page, offset);
}

cep_status cep_page_parse_slowly(const char *text, size_t length, cep_input input, cep_page **page, size_t *offset) {
  cep_page *reading = nullptr;
  cep_status status = begin(text, length, &reading, offset);
  if (status != CEP_OK) return status;
  return settle(reading, cep::read_slowly(*reading, input), page, offset);
}

void cep_page_free(cep_page *page) { delete page; }

const char *cep_page_text(const cep_page *page) { return page->text; }
size_t cep_page_length(const cep_page *page) { return page->length; }
size_t cep_page_footprint(const cep_page *page) {
  return sizeof(cep_page) + page->events.capacity() * sizeof(cep_event) +
         page->fields.capacity() * sizeof(cep_field);
}
const cep_event *cep_page_events(const cep_page *page) { return page->events.data(); }
size_t cep_page_event_count(const cep_page *page) { return page->events.count(); }
const cep_field *cep_page_fields(const cep_page *page) { return page->fields.data(); }
bool cep_page_has_entries(const cep_page *page) { return page->has_entries; }
cep_span cep_page_chunk_size(const cep_page *page) { return page->chunk_size; }
cep_span cep_page_next_stream_position(const cep_page *page) { return page->next_stream_position; }

}  // extern "C"
