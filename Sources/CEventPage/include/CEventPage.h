// CEventPage: one page of Box events as an immutable buffer and an immutable index over it.
//
// A page is read once, by one simdjson On-Demand pass that decodes nothing: it writes down where each event
// begins and ends, where its id, type and time stand, and where each of its top-level fields stands. Values are
// decoded later, by whoever touches them. Box's pages may hold what a strict reader refuses (integers beyond
// 64 bits, `1e400`, lone surrogates, a broken byte in a file name); none of that costs more than the event that
// holds it, and that event keeps its text.
//
// Everything here is safe to read from several threads at once; nothing changes after `cep_page_parse`.
#ifndef CEVENTPAGE_H
#define CEVENTPAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Zero bytes that must follow the text in every buffer handed to `cep_page_parse`: simdjson reads past the end, and
/// what it finds there must not depend on what the memory held before.
#define CEP_PADDING 64

/// The largest text that is taken: 1 GiB, so that 32-bit offsets suffice. Box's pages of 500 are about 1 MiB.
#define CEP_MAX_LENGTH ((size_t)1 << 30)

/// The most events, and the most top-level members of all events, that are taken: 2 million. An index takes more
/// memory than its text where the text is made for it, such as a million zeros.
#define CEP_MAX_ROWS ((size_t)2000000)

/// A part of the page's text, in bytes. `length` 0 where there is nothing.
typedef struct cep_span {
  uint32_t offset;
  uint32_t length;
} cep_span;

/// What the text is.
typedef enum cep_input {
  /// An answer of GET /events: `{"chunk_size":…,"next_stream_position":…,"entries":[…]}`.
  CEP_INPUT_PAGE = 0,
  /// A bare array of events.
  CEP_INPUT_ARRAY = 1,
  /// One event, as in a line of a JSON Lines file.
  CEP_INPUT_EVENT = 2,
} cep_input;

/// Why an event is not as it should be. Such an event keeps its text; its fields may be missing.
typedef enum cep_flaw {
  CEP_FLAW_NONE = 0,
  /// The entry is no JSON object.
  CEP_FLAW_NOT_AN_OBJECT = 1,
  /// The entry's members do not read as `"key": value` pairs.
  CEP_FLAW_SYNTAX = 2,
  /// The entry reads, but holds bytes that are not UTF-8, or control characters inside a string.
  CEP_FLAW_BYTES = 3,
} cep_flaw;

/// One top-level member of an event.
typedef struct cep_field {
  /// The key's characters between its quotes, escapes not decoded.
  cep_span key;
  /// The value's JSON text: strings with their quotes, objects and arrays with their brackets.
  cep_span value;
} cep_field;

/// A 128-bit digest (SipHash-2-4) under which an event is recognised when it comes again. The same on every
/// machine and in every version: it is stored.
typedef struct cep_digest {
  uint64_t high;
  uint64_t low;
} cep_digest;

/// One event of a page.
typedef struct cep_event {
  /// The event's exact JSON text.
  cep_span text;
  /// `event_id`, `event_type`, `created_at`: a string's characters between its quotes (escapes not decoded), or a
  /// number's text; empty where the member is missing, null or of another kind.
  cep_span id;
  cep_span type;
  cep_span created_at;
  /// The event's members are `cep_page_fields(page)[first_field ..< first_field + field_count]`, in Box's order.
  uint32_t first_field;
  uint32_t field_count;
  /// Of `event_id`'s characters where there are any, else of the whole text (LUA_API: "The event").
  cep_digest digest;
  cep_flaw flaw;
} cep_event;

/// Why a text is not a page.
typedef enum cep_status {
  CEP_OK = 0,
  CEP_NO_MEMORY = 1,
  /// More than CEP_MAX_LENGTH bytes or CEP_MAX_ROWS rows.
  CEP_TOO_LARGE = 2,
  /// Nothing but white space.
  CEP_EMPTY = 3,
  /// The text ends before the page does.
  CEP_TRUNCATED = 4,
  /// The text is JSON-like, but not of the kind that `cep_input` names.
  CEP_WRONG_KIND = 5,
  /// The text is no JSON (HTML, say), or something follows the page.
  CEP_NOT_JSON = 6,
} cep_status;

/// Reusable working memory. One thread at a time.
typedef struct cep_parser cep_parser;
/// An immutable page. Any number of threads.
typedef struct cep_page cep_page;

/// A new parser, or NULL when memory is short.
cep_parser *cep_parser_new(void);
void cep_parser_free(cep_parser *parser);
/// The largest text, in bytes, that the parser's memory serves as it is.
size_t cep_parser_capacity(const cep_parser *parser);

/// Reads `text[0 ..< length]`, which CEP_PADDING zero bytes follow. The text stays the caller's and must outlive the
/// page. On any status but CEP_OK there is no page, and `*offset` is the byte at which reading stopped.
cep_status cep_page_parse(cep_parser *parser, const char *text, size_t length, cep_input input, cep_page **page,
                          size_t *offset);
void cep_page_free(cep_page *page);

/// The page's whole text.
const char *cep_page_text(const cep_page *page);
size_t cep_page_length(const cep_page *page);
/// Bytes that the page holds in memory beside its text.
size_t cep_page_footprint(const cep_page *page);

/// The events, in Box's order; `cep_page_event_count` of them.
const cep_event *cep_page_events(const cep_page *page);
size_t cep_page_event_count(const cep_page *page);
/// The top-level members of all events.
const cep_field *cep_page_fields(const cep_page *page);

/// Whether the page lists its events, be there any or not: it has a member `entries` that is not null.
bool cep_page_has_entries(const cep_page *page);

/// The JSON text of `chunk_size` and `next_stream_position` (strings with their quotes); empty where missing.
cep_span cep_page_chunk_size(const cep_page *page);
cep_span cep_page_next_stream_position(const cep_page *page);

/// Finds a member of the object whose JSON text this is, by its decoded key; of members that stand twice the last one.
/// False where there is none, where the text is no object, or where it does not read.
bool cep_find_member(const char *text, size_t length, const char *key, size_t key_length, cep_span *value);
/// Finds an element of the array whose JSON text this is; the first has the index 0.
bool cep_find_element(const char *text, size_t length, size_t index, cep_span *value);

/// Decodes the characters of a JSON string (without quotes) into `out`, which has room for `length` bytes, and sets
/// `*written`, never more than `length`. A lone surrogate becomes U+FFFD. False where the text is no JSON string: a bad
/// escape, a control character, bytes that are not UTF-8.
bool cep_unescape(const char *text, size_t length, char *out, size_t *written);

/// The digest of any bytes: SipHash-2-4 with 128 bits of output under a fixed key.
cep_digest cep_digest_of(const void *bytes, size_t length);

/// The page as the slow reader alone sees it (no simdjson). For tests, which compare both readers.
cep_status cep_page_parse_slowly(const char *text, size_t length, cep_input input, cep_page **page, size_t *offset);

#ifdef __cplusplus
}
#endif
#endif
