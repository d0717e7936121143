// What bxl_scan_globals says of members of `box`, against what programs do: reads programs from standard input, each
// ended by a line `----` (names_programs.py writes such), runs each with a `box` and another table that note who reads
// them in which line, and fails where a member was said to be `box`'s and the other table was asked for it.
#include "CBoxLua.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>

enum { MOST_CLAIMS = 4000, MOST_TEXT = 1 << 20 };

static const char surroundings[] =
    "reads = {}\n"
    "local function table_named(name)\n"
    "  local function note(_, key) reads[#reads + 1] = debug.getinfo(2, 'l').currentline .. ' ' .. name .. '.' .. key end\n"
    "  return setmetatable({}, { __index = note, __call = function() end })\n"
    "end\n"
    "box, other = table_named('box'), table_named('other')\n"
    "function require(name) return name == 'box' and box or other end\n"
    "local calls = 0\n"
    "function maybe() calls = calls + 1 return (calls * 7919 + (calls >> 2) * 31) % 5 < 2 end\n";

static char claims[MOST_CLAIMS][64];
static int claim_count;

static void note_claim(void *context, bxl_global_use use) {
  (void)context;
  bool is_member = use.kind == BXL_READS_MEMBER || use.kind == BXL_USES_MEMBER;
  if (is_member && claim_count < MOST_CLAIMS) {
    snprintf(claims[claim_count++], sizeof *claims, "%d %s", (int)use.line, use.name);
  }
}

/// Ends a program that runs for long, whatever it catches.
static void stop(lua_State *L, lua_Debug *at) {
  (void)at;
  lua_sethook(L, stop, LUA_MASKCOUNT, 1);
  luaL_error(L, "long enough");
}

static bool is_claimed(const char *claim) {
  for (int i = 0; i < claim_count; i++) {
    if (strcmp(claims[i], claim) == 0) return true;
  }
  return false;
}

/// Runs a program. Adds to `right` and `wrong` the reads that were claimed for `box`, by the table that was asked.
static void compare(const char *program, int *right, int *wrong) {
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  if (luaL_dostring(L, surroundings) != LUA_OK) printf("%s\n", lua_tostring(L, -1));
  lua_sethook(L, stop, LUA_MASKCOUNT, 5000);
  (void)luaL_dostring(L, program);
  lua_sethook(L, NULL, 0, 0);
  lua_getglobal(L, "reads");
  int table = lua_gettop(L);
  for (int i = 1, count = (int)lua_rawlen(L, table); i <= count; i++, lua_settop(L, table)) {
    lua_rawgeti(L, table, i);
    int line = 0;
    char name[16], member[32], claim[64];
    if (sscanf(lua_tostring(L, -1), "%d %15[^.].%31s", &line, name, member) != 3) continue;
    snprintf(claim, sizeof claim, "%d box.%s", line, member);
    if (!is_claimed(claim)) continue;
    if (strcmp(name, "box") == 0) {
      (*right)++;
    } else if ((*wrong)++ < 3) {
      printf("failed: not box's: %s\n%s\n", claim, program);
    }
  }
  lua_close(L);
}

int main(void) {
  static char program[MOST_TEXT], line[4096];
  size_t length = 0;
  int programs = 0, right = 0, wrong = 0;
  while (fgets(line, sizeof line, stdin) != NULL) {
    size_t more = strlen(line);
    if (strcmp(line, "----\n") != 0 && length + more < sizeof program) {
      memcpy(program + length, line, more + 1);
      length += more;
      continue;
    }
    programs++;
    claim_count = 0;
    if (bxl_scan_globals(program, length, NULL, note_claim) != BXL_OK) {
      printf("failed: not scanned\n%s\n", program);
      wrong++;
    } else {
      compare(program, &right, &wrong);
    }
    length = 0;
  }
  printf("%d programs, %d members of box, %d that are not\n", programs, right, wrong);
  return wrong == 0 && right > programs ? 0 : 1;
}
