// What the files of the event object share.
#ifndef BXL_EVENT_H
#define BXL_EVENT_H

#include "bxl.h"

/// An event as a script has it. Its user values: the cache of what was decoded (a table, or nil), what keeps the text
/// alive (the page's holder or the copy), the stream's name.
typedef struct bxl_event {
  /// What spans count from: the page's text, or the copy's. NULL once the event is gone for lack of memory.
  const char *text;
  cep_event row;
  const cep_field *fields;
  bool is_replayed;
  int64_t attempt;
} bxl_event;

enum { BXL_EVENT_CACHE = 1, BXL_EVENT_KEEPER = 2, BXL_EVENT_STREAM = 3 };

/// The page that the userdata at `holder` keeps. [-0, +0], never raises
const cep_page *bxl_held_page(lua_State *L, int holder);
/// Pushes the userdata that keeps the page. [-0, +1], may raise
void bxl_push_page_holder(lua_State *L, bxl_page *page);
/// The page whose events are pushed from now on. [-0, +0], may raise
void bxl_set_current_page(lua_State *L, bxl_page *page);
/// A query brought the page that the userdata at `index` keeps: the script's memory pays for it while it is held, and it
/// is left when the page in hand is done. [-0, +0], may raise
void bxl_remember_result(lua_State *L, int index);
/// Pushes event `index` of the page that the userdata at `holder` keeps. [-0, +1], may raise
void bxl_push_event_of(lua_State *L, int holder, uint32_t index, const bxl_event_info *info);
/// Gives the event a copy of its own text. Where memory does not allow it the event is gone. [-0, +0], may raise
void bxl_event_own(lua_State *L, int index);

/// The event at `index`. Raises where it is none, or gone. [-0, +0]
bxl_event *bxl_check_event(lua_State *L, int index);
/// The value of a member by its decoded key; of members that stand twice the last. May raise.
bool bxl_find_field(lua_State *L, const bxl_event *event, const char *key, size_t length, cep_span *value);
/// Pushes a member's key, escapes decoded. [-0, +1], may raise
void bxl_push_key(lua_State *L, const bxl_event *event, cep_span key);
/// Decodes a piece of the event's text; ids become text. [-0, +1], may raise
void bxl_push_span(lua_State *L, const bxl_event *event, cep_span value, bool is_identifier);
/// Whether a name is an id's or a position's. Never raises.
bool bxl_is_identifier(const char *name, size_t length);
/// Pushes one of Box's own fields, from the cache or decoded into it; nil where there is none. `index` is absolute.
/// [-0, +1], may raise
void bxl_push_field(lua_State *L, int index, bxl_event *event, const char *key, size_t length);
/// The same for a field that is not in the cache, by its key on the stack. `key_index` is absolute too.
/// [-0, +1], may raise
void bxl_push_new_field(lua_State *L, int index, bxl_event *event, int key_index);
/// Pushes one of the portable views, such as `actor`. False where there is none of that name. `index` is absolute.
/// [-0, +(0|1)], may raise
bool bxl_push_view(lua_State *L, int index, bxl_event *event, const char *name);
/// The portable alias of a type; NULL where it has none but its own name.
const char *bxl_alias(const char *type, size_t length);

#endif
