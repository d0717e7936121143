// The headers are found through pkg-config (`lua5.4`).
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
