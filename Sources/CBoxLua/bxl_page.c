// Pages whose events scripts may see, and how their events outlive them.
//
// While a page is in hand, its events point into it. The page is reached from each of them through one userdata, whose
// finalizer lets the page go when the last of its events is collected: a finalizer for each event would cost more than
// the event. A page that is done but not collected yet would keep a megabyte alive for one event that a script holds on
// to, uncharged; so a page that has been done for one page more is left: events of it that are still there get a copy
// of their own, which the script's memory pays.
#include "bxl_event.h"

#include <stdlib.h>

/// Registry slots: the page in hand, the one before it, those that queries brought meanwhile.
#define CURRENT_PAGE "boxwatch.page.current"
#define EARLIER_PAGE "boxwatch.page.earlier"
#define RESULT_PAGES "boxwatch.page.results"
#define HOLDER_META "boxwatch.page"

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
const cep_page *bxl_page_index(const bxl_page *page) { return page->page; }

// ---- The page in a state ------------------------------------------------------------------------------------------------

static int let_go(lua_State *L) {
  bxl_page **holder = lua_touserdata(L, 1);
  if (*holder != NULL) bxl_page_release(*holder);
  *holder = NULL;
  return 0;
}

/// Pushes the userdata that holds the page; its user value is the weak list of the page's events. [-0, +1], may raise
static void push_holder(lua_State *L, bxl_page *page) {
  bxl_page **holder = lua_newuserdatauv(L, sizeof *holder, 1);
  *holder = NULL;
  if (luaL_newmetatable(L, HOLDER_META)) {
    lua_pushcfunction(L, let_go);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  lua_createtable(L, (int)bxl_page_count(page), 0);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_setiuservalue(L, -2, 1);
  bxl_page_retain(page);
  *holder = page;
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

void bxl_remember_result(lua_State *L, int holder) {
  holder = lua_absindex(L, holder);
  if (lua_getfield(L, LUA_REGISTRYINDEX, RESULT_PAGES) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_setfield(L, LUA_REGISTRYINDEX, RESULT_PAGES);
  }
  lua_pushvalue(L, holder);
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  lua_pop(L, 1);
}

/// Gives every event of the holder at `index` that is still there a copy of its own, and lets the page go. [-0, +0], may
/// raise
static void leave(lua_State *L, int index) {
  lua_getiuservalue(L, index, 1);
  int list = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, list)) {
    bxl_event_own(L, lua_gettop(L));
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  bxl_page **holder = lua_touserdata(L, index);
  if (*holder != NULL) bxl_page_release(*holder);
  *holder = NULL;
}

static void leave_results(lua_State *L) {
  if (lua_getfield(L, LUA_REGISTRYINDEX, RESULT_PAGES) == LUA_TTABLE) {
    int list = lua_gettop(L);
    lua_pushnil(L);
    lua_setfield(L, LUA_REGISTRYINDEX, RESULT_PAGES);
    for (lua_Integer i = 1; lua_rawgeti(L, list, i) == LUA_TUSERDATA; i++) {
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
