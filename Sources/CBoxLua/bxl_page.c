// Pages whose events scripts may see, and how their events outlive them.
//
// While a page is in hand, its events point into it. The page is reached from each of them through one userdata, whose
// finalizer lets the page go when the last of its events is collected: a finalizer for each event would cost more than
// the event. A page that is done but not collected yet would keep a megabyte alive for one event that a script holds on
// to, uncharged; so a page that has been done for one page more is left: events of it that are still there get a copy
// of their own, which the script's memory pays.
//
// A handler decides how many pages its queries bring. Each is charged to the script's memory for as long as it is held,
// and goes with the last of its events: who reads a hundred thousand of them one by one never holds many.
#include "bxl_event.h"
#include "bxl_memory.h"

#include <stdlib.h>

/// Registry slots: the page in hand, the one before it, those that queries brought meanwhile and that are still held
/// (weakly: what nobody reaches is collected).
#define CURRENT_PAGE "boxwatch.page.current"
#define EARLIER_PAGE "boxwatch.page.earlier"
#define RESULT_PAGES "boxwatch.page.results"
#define HOLDER_META "boxwatch.page"

/// What keeps a page for a state.
struct holder {
  bxl_page *page;
  /// Bytes that the script's memory pays for it.
  size_t charged;
};

struct bxl_page {
  _Atomic uint32_t references;
  const cep_page *page;
  void *owner;
  void (*release)(void *);
};

bxl_page *bxl_page_make(const struct cep_page *page, void *owner, void (*release)(void *)) {
  bxl_page *made = malloc(sizeof *made);
  if (made == NULL) return NULL;
  atomic_init(&made->references, 1);
  made->page = page;
  made->owner = owner;
  made->release = release;
  return made;
}

void bxl_page_retain(bxl_page *page) { atomic_fetch_add_explicit(&page->references, 1, memory_order_relaxed); }

void bxl_page_release(bxl_page *page) {
  if (atomic_fetch_sub_explicit(&page->references, 1, memory_order_acq_rel) != 1) return;
  page->release(page->owner);
  free(page);
}

uint32_t bxl_page_count(const bxl_page *page) { return (uint32_t)cep_page_event_count(page->page); }

// ---- The page in a state ------------------------------------------------------------------------------------------------

static void empty_holder(lua_State *L, struct holder *holder) {
  if (holder->page != NULL) bxl_page_release(holder->page);
  holder->page = NULL;
  bxl_discharge(bxl_of(L), holder->charged);
  holder->charged = 0;
}

static int let_go(lua_State *L) {
  empty_holder(L, lua_touserdata(L, 1));
  return 0;
}

/// Pushes a table whose values do not keep what they are. [-0, +1], may raise
static void push_weak_list(lua_State *L, int count) {
  lua_createtable(L, count, 0);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
}

/// Pushes the userdata that holds the page; its user value is the weak list of the page's events. [-0, +1], may raise
static void push_holder(lua_State *L, bxl_page *page) {
  struct holder *holder = lua_newuserdatauv(L, sizeof *holder, 1);
  *holder = (struct holder){NULL, 0};
  if (luaL_newmetatable(L, HOLDER_META)) {
    lua_pushcfunction(L, let_go);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  push_weak_list(L, (int)bxl_page_count(page));
  lua_setiuservalue(L, -2, 1);
  bxl_page_retain(page);
  holder->page = page;
}

const cep_page *bxl_held_page(lua_State *L, int holder) {
  return ((const struct holder *)lua_touserdata(L, holder))->page->page;
}

void bxl_push_page_holder(lua_State *L, bxl_page *page) {
  if (bxl_of(L)->current_page == page) {
    if (lua_getfield(L, LUA_REGISTRYINDEX, CURRENT_PAGE) == LUA_TUSERDATA) return;
    lua_pop(L, 1);
  }
  push_holder(L, page);
}

void bxl_set_current_page(lua_State *L, bxl_page *page) {
  bxl_state *state = bxl_of(L);
  if (state->current_page == page) return;
  push_holder(L, page);
  lua_setfield(L, LUA_REGISTRYINDEX, CURRENT_PAGE);
  state->current_page = page;
}

void bxl_remember_result(lua_State *L, int index) {
  struct holder *holder = lua_touserdata(L, index);
  index = lua_absindex(L, index);
  if (lua_getfield(L, LUA_REGISTRYINDEX, RESULT_PAGES) != LUA_TTABLE) {
    lua_pop(L, 1);
    push_weak_list(L, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, LUA_REGISTRYINDEX, RESULT_PAGES);
  }
  lua_pushvalue(L, index);
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  lua_pop(L, 1);

  bxl_state *state = bxl_of(L);
  const cep_page *page = holder->page->page;
  size_t size = cep_page_length(page) + cep_page_footprint(page);
  // The collector sees a few bytes where the page is a megabyte: it is told, so that earlier pages go in time.
  lua_gc(L, LUA_GCSTEP, 1 + (int)(size >> 10));
  if (!bxl_charge(state, size)) {
    lua_gc(L, LUA_GCCOLLECT);
    if (!bxl_charge(state, size)) {
      lua_pushliteral(L, "not enough memory");
      lua_error(L);
    }
  }
  holder->charged = size;
}

/// Gives every event of the holder at `index` that is still there a copy of its own, and lets the page go. [-0, +0], may
/// raise
static void leave(lua_State *L, int index) {
  struct holder *holder = lua_touserdata(L, index);
  // The copies take the charge's place.
  bxl_discharge(bxl_of(L), holder->charged);
  holder->charged = 0;
  lua_getiuservalue(L, index, 1);
  int list = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, list)) {
    bxl_event_own(L, lua_gettop(L));
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  empty_holder(L, holder);
}

static void leave_results(lua_State *L) {
  if (lua_getfield(L, LUA_REGISTRYINDEX, RESULT_PAGES) == LUA_TTABLE) {
    int list = lua_gettop(L);
    lua_pushnil(L);
    lua_setfield(L, LUA_REGISTRYINDEX, RESULT_PAGES);
    lua_pushnil(L);
    while (lua_next(L, list)) {
      leave(L, lua_gettop(L));
      lua_pop(L, 1);
    }
  }
  lua_settop(L, 0);
}

static int page_done(lua_State *L) {
  bxl_state *state = bxl_of(L);
  lua_settop(L, 0);
  leave_results(L);
  if (lua_getfield(L, LUA_REGISTRYINDEX, EARLIER_PAGE) == LUA_TUSERDATA) leave(L, 1);
  lua_settop(L, 0);
  lua_getfield(L, LUA_REGISTRYINDEX, CURRENT_PAGE);
  lua_setfield(L, LUA_REGISTRYINDEX, EARLIER_PAGE);
  lua_pushnil(L);
  lua_setfield(L, LUA_REGISTRYINDEX, CURRENT_PAGE);
  state->current_page = NULL;
  // The event that was called with last must not keep its page.
  if (state->event_reference != 0) {
    lua_pushboolean(L, 0);
    lua_rawseti(L, LUA_REGISTRYINDEX, state->event_reference);
  }
  return 0;
}

bxl_status bxl_page_done(bxl_state *state) {
  if (state->event_page != NULL) bxl_page_release(state->event_page);
  state->event_page = NULL;
  state->event_is_new = false;
  return bxl_protect(state, page_done, NULL);
}
