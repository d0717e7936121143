// `table`, with Lua 5.4.4's results, order of metamethod calls and errors. Lua's own loops check nothing: one `__len`
// that says 1e12 keeps them busy for hours. These charge a step for each element and each comparison.
#include "bxl.h"

#include <limits.h>

// ---- Arguments ------------------------------------------------------------------------------------------------------

enum { READS = 1, WRITES = 2, MEASURES = 4 };

/// Whether the metatable on top has a field. [-0, +0]
static bool has_field(lua_State *L, const char *name) {
  lua_pushstring(L, name);
  bool is_there = lua_rawget(L, -2) != LUA_TNIL;
  lua_pop(L, 1);
  return is_there;
}

/// Accepts a table, or what has the metamethods for the given uses. [-0, +0], may raise
static void check_table(lua_State *L, int argument, int uses) {
  if (lua_type(L, argument) == LUA_TTABLE) return;
  bool is_like_one = false;
  if (lua_getmetatable(L, argument)) {
    is_like_one = (!(uses & READS) || has_field(L, "__index")) && (!(uses & WRITES) || has_field(L, "__newindex")) &&
                  (!(uses & MEASURES) || has_field(L, "__len"));
    lua_pop(L, 1);
  }
  if (!is_like_one) luaL_checktype(L, argument, LUA_TTABLE);
}

/// The length of the table at `argument`. [-0, +0], may raise and call metamethods
static lua_Integer check_length(lua_State *L, int argument, int uses) {
  check_table(L, argument, uses | MEASURES);
  return luaL_len(L, argument);
}

/// Lua's integers wrap around; C's must not.
static lua_Integer add(lua_Integer a, lua_Integer b) { return (lua_Integer)((lua_Unsigned)a + (lua_Unsigned)b); }

/// Copies one element. [-0, +0], may raise and call metamethods
static void copy_element(lua_State *L, int from, lua_Integer source, int to, lua_Integer target) {
  bxl_step(L);
  lua_geti(L, from, source);
  lua_seti(L, to, target);
}

// ---- insert, remove, move -------------------------------------------------------------------------------------------

static int table_insert(lua_State *L) {
  lua_Integer end = add(check_length(L, 1, READS | WRITES), 1);
  lua_Integer position = end;
  switch (lua_gettop(L)) {
    case 2: break;
    case 3:
      position = luaL_checkinteger(L, 2);
      // Unsigned, so that one comparison checks both ends.
      luaL_argcheck(L, (lua_Unsigned)position - 1 < (lua_Unsigned)end, 2, "position out of bounds");
      for (lua_Integer i = end; i > position; i--) copy_element(L, 1, i - 1, 1, i);
      break;
    default: return luaL_error(L, "wrong number of arguments to 'insert'");
  }
  lua_seti(L, 1, position);
  return 0;
}

static int table_remove(lua_State *L) {
  lua_Integer length = check_length(L, 1, READS | WRITES);
  lua_Integer position = luaL_optinteger(L, 2, length);
  // One beyond the end may be removed as well, and anything where nothing was asked for. Lua 5.4.4 calls the position
  // argument 1 in this message.
  if (position != length) {
    luaL_argcheck(L, (lua_Unsigned)position - 1 <= (lua_Unsigned)length, 1, "position out of bounds");
  }
  lua_geti(L, 1, position);
  for (; position < length; position++) copy_element(L, 1, position + 1, 1, position);
  lua_pushnil(L);
  lua_seti(L, 1, position);
  return 1;
}

static int table_move(lua_State *L) {
  lua_Integer first = luaL_checkinteger(L, 2);
  lua_Integer last = luaL_checkinteger(L, 3);
  lua_Integer target = luaL_checkinteger(L, 4);
  int to = lua_isnoneornil(L, 5) ? 1 : 5;
  check_table(L, 1, READS);
  check_table(L, to, WRITES);
  if (last >= first) {
    luaL_argcheck(L, first > 0 || last < LUA_MAXINTEGER + first, 3, "too many elements to move");
    lua_Integer count = last - first + 1;
    luaL_argcheck(L, target <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
    bool is_apart = target > last || target <= first || (to != 1 && !lua_compare(L, 1, to, LUA_OPEQ));
    if (is_apart) {
      for (lua_Integer i = 0; i < count; i++) copy_element(L, 1, first + i, to, target + i);
    } else {
      // Backwards, or what is still to be copied would be overwritten.
      for (lua_Integer i = count - 1; i >= 0; i--) copy_element(L, 1, first + i, to, target + i);
    }
  }
  lua_pushvalue(L, to);
  return 1;
}

// ---- concat, pack, unpack -------------------------------------------------------------------------------------------

/// Appends element `index` of the table at 1. May raise and call metamethods
static void add_element(lua_State *L, luaL_Buffer *into, lua_Integer index) {
  bxl_step(L);
  lua_geti(L, 1, index);
  if (!lua_isstring(L, -1)) {
    luaL_error(L, "invalid value (%s) at index %I in table for 'concat'", luaL_typename(L, -1), (LUAI_UACINT)index);
  }
  luaL_addvalue(into);
}

static int table_concat(lua_State *L) {
  lua_Integer last = check_length(L, 1, READS);
  size_t length;
  const char *separator = luaL_optlstring(L, 2, "", &length);
  lua_Integer index = luaL_optinteger(L, 3, 1);
  last = luaL_optinteger(L, 4, last);
  luaL_Buffer result;
  luaL_buffinit(L, &result);
  for (; index < last; index++) {
    add_element(L, &result, index);
    luaL_addlstring(&result, separator, length);
  }
  if (index == last) add_element(L, &result, index);
  luaL_pushresult(&result);
  return 1;
}

static int table_pack(lua_State *L) {
  int count = lua_gettop(L);
  lua_createtable(L, count, 1);
  lua_insert(L, 1);
  for (int i = count; i >= 1; i--) lua_seti(L, 1, i);
  lua_pushinteger(L, count);
  lua_setfield(L, 1, "n");
  return 1;
}

static int table_unpack(lua_State *L) {
  lua_Integer first = luaL_optinteger(L, 2, 1);
  lua_Integer last = luaL_opt(L, luaL_checkinteger, 3, luaL_len(L, 1));
  if (first > last) return 0;
  lua_Unsigned more = (lua_Unsigned)last - (lua_Unsigned)first;
  if (more >= INT_MAX || !lua_checkstack(L, (int)more + 1)) return luaL_error(L, "too many results to unpack");
  // `last` may be the greatest integer: counting to it and not beyond.
  for (lua_Unsigned i = 0; i <= more; i++) {
    bxl_step(L);
    lua_geti(L, 1, add(first, (lua_Integer)i));
  }
  return (int)more + 1;
}

// ---- sort -----------------------------------------------------------------------------------------------------------
//
// The quicksort of Lua 5.4.4 down to the order of its comparisons: what a script sees of an inconsistent order (which
// permutation, which error) is the same. One thing differs on purpose: where partitions come out lopsided, Lua picks
// pivots by the clock, so that the order of equal elements differs from run to run. Here a replay repeats it. An array
// made to be slow for that is slow at the expense of its own budget.

/// From this length on a range takes its pivot at random once a partition was lopsided.
#define LARGE 100u

/// Pops the two values on top into elements `i` (the top) and `j`. [-2, +0]
static void set_two(lua_State *L, unsigned i, unsigned j) {
  lua_seti(L, 1, i);
  lua_seti(L, 1, j);
}

/// Whether the value at stack index `a` comes before that at `b`. [-0, +0], may raise and call the script.
///
/// One step is enough for two strings of any length: comparing them is one pass over memory that the limit bounds.
static bool comes_before(lua_State *L, int a, int b) {
  bxl_step(L);
  if (lua_isnil(L, 2)) return lua_compare(L, a, b, LUA_OPLT);
  lua_pushvalue(L, 2);
  lua_pushvalue(L, a - 1);
  lua_pushvalue(L, b - 2);
  lua_call(L, 2, 1);
  bool is_before = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return is_before;
}

/// Swaps elements `i` < `j` if they stand the wrong way round. [-0, +0]
static void order_two(lua_State *L, unsigned i, unsigned j) {
  lua_geti(L, 1, i);
  lua_geti(L, 1, j);
  if (comes_before(L, -1, -2)) {
    set_two(L, i, j);
  } else {
    lua_pop(L, 2);
  }
}

/// Splits elements `low`…`high` around the pivot, which is on top and stands at `high - 1`; the outer two are in order
/// with it. Returns the pivot's place. [-1, +0]
static unsigned partition(lua_State *L, unsigned low, unsigned high) {
  unsigned i = low;
  unsigned j = high - 1;
  for (;;) {
    while (lua_geti(L, 1, ++i), comes_before(L, -1, -2)) {
      if (i == high - 1) luaL_error(L, "invalid order function for sorting");
      lua_pop(L, 1);
    }
    while (lua_geti(L, 1, --j), comes_before(L, -3, -1)) {
      if (j < i) luaL_error(L, "invalid order function for sorting");
      lua_pop(L, 1);
    }
    if (j < i) break;
    set_two(L, i, j);
  }
  // [pivot, element i, element j]: the pivot goes between the halves.
  lua_pop(L, 1);
  set_two(L, high - 1, i);
  return i;
}

/// The middle, or a place in the middle half of a large range once `random` is not 0.
static unsigned pick_pivot(unsigned low, unsigned high, unsigned random) {
  if (high - low < LARGE || random == 0) return (low + high) / 2;
  unsigned quarter = (high - low) / 4;
  return random % (quarter * 2) + low + quarter;
}

/// [-0, +0], may raise and call the script
static void sort_range(lua_State *L, unsigned low, unsigned high, unsigned random) {
  while (low < high) {
    order_two(L, low, high);
    if (high - low == 1) return;
    unsigned pivot = pick_pivot(low, high, random);
    lua_geti(L, 1, pivot);
    lua_geti(L, 1, low);
    if (comes_before(L, -2, -1)) {
      set_two(L, pivot, low);
    } else {
      lua_pop(L, 1);
      lua_geti(L, 1, high);
      if (comes_before(L, -1, -2)) {
        set_two(L, pivot, high);
      } else {
        lua_pop(L, 2);
      }
    }
    if (high - low == 2) return;
    lua_geti(L, 1, pivot);
    lua_pushvalue(L, -1);
    lua_geti(L, 1, high - 1);
    set_two(L, pivot, high - 1);
    pivot = partition(L, low, high);
    // The smaller part nests, the larger one goes around: the C stack stays as deep as the logarithm.
    unsigned smaller;
    if (pivot - low < high - pivot) {
      sort_range(L, low, pivot - 1, random);
      smaller = pivot - low;
      low = pivot + 1;
    } else {
      sort_range(L, pivot + 1, high, random);
      smaller = high - pivot;
      high = pivot - 1;
    }
    if ((high - low) / 128 > smaller) random = random * 1664525u + 1013904223u;
  }
}

static int table_sort(lua_State *L) {
  lua_Integer length = check_length(L, 1, READS | WRITES);
  if (length < 2) return 0;
  luaL_argcheck(L, length < INT_MAX, 1, "array too big");
  if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  sort_range(L, 1, (unsigned)length, 0);
  return 0;
}

int bxl_open_table(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"concat", table_concat}, {"insert", table_insert}, {"move", table_move},     {"pack", table_pack},
      {"remove", table_remove}, {"sort", table_sort},     {"unpack", table_unpack}, {NULL, NULL},
  };
  luaL_newlib(L, functions);
  return 1;
}
