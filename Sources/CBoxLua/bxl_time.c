// CPU time. A timer on the thread's own CPU clock counts ticks of ten milliseconds; while a script runs, each tick arms
// a hook, which either ends the script or takes itself away again. Within its budget a script thus runs without any
// hook: an always-armed count hook makes Lua's interpreter trace every instruction, which doubles a tight loop.
//
// The signal is delivered to the thread whose clock ran, so that its handler touches that thread's variables only.
// Lua's manual allows `lua_sethook` from a signal handler (its own interpreter does so for Ctrl-C).
#include "bxl.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

_Thread_local volatile sig_atomic_t bxl_ticks;
/// The Lua thread that runs a script on this thread now.
static _Thread_local lua_State *volatile running;
static _Thread_local timer_t timer;
static _Thread_local int users;

static int tick_signal(void) { return SIGRTMIN + 5; }

static void on_hook(lua_State *L, lua_Debug *record) {
  (void)record;
  if (!bxl_is_spent(bxl_of(L))) {
    lua_sethook(L, NULL, 0, 0);
    return;
  }
  bxl_of(L)->killed = true;
  if (bxl_can_yield(L)) {
    lua_yield(L, 0);
    return;
  }
  // Whatever the script runs next, a handler or a `__close`, raises again at its first instruction.
  lua_sethook(L, on_hook, LUA_MASKCOUNT, 1);
  luaL_error(L, "out of CPU time");
}

static void on_tick(int signal) {
  (void)signal;
  bxl_ticks++;
  // Arming walks over all calls of the script: where these are so many that it takes a tick, the next tick would come
  // before the script does. The mask tells whether it is armed: a tick may come while the hook is being taken off, which
  // sets the mask last.
  if (running != NULL && lua_gethookmask(running) == 0) lua_sethook(running, on_hook, LUA_MASKCOUNT, 1);
}

static pthread_once_t installed = PTHREAD_ONCE_INIT;
static bool is_installed;

static void install(void) {
  struct sigaction action = {.sa_handler = on_tick, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  is_installed = sigaction(tick_signal(), &action, NULL) == 0;
}

bool bxl_thread_begin(void) {
  if (users++ > 0) return true;
  pthread_once(&installed, install);
  bxl_ticks = 0;
  running = NULL;
  struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = tick_signal()};
  event.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
  const long tick = BXL_TICK_MILLISECONDS * 1000000L;
  struct itimerspec period = {.it_interval = {.tv_nsec = tick}, .it_value = {.tv_nsec = tick}};
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, tick_signal());
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  if (is_installed && timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer) == 0) {
    if (timer_settime(timer, 0, &period, NULL) == 0) return true;
    timer_delete(timer);
  }
  users = 0;
  return false;
}

void bxl_thread_end(void) {
  if (users > 0 && --users == 0) timer_delete(timer);
}

uint64_t bxl_thread_cpu(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

int64_t bxl_coarse_time(void) {
  struct timespec time;
#ifdef CLOCK_MONOTONIC_COARSE
  clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
#else
  clock_gettime(CLOCK_MONOTONIC, &time);
#endif
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

lua_State *bxl_set_running(lua_State *L) {
  lua_State *before = running;
  running = L;
  return before;
}

int bxl_kill(lua_State *L) {
  bxl_state *state = bxl_of(L);
  state->killed = true;
  // A coroutine that has yielded and is never resumed: no pcall, no __close of the script sees it end.
  if (bxl_can_yield(L)) return lua_yield(L, 0);
  lua_sethook(L, on_hook, LUA_MASKCOUNT, 1);
  return luaL_error(L, "out of CPU time");
}

void bxl_cancel(bxl_state *state) { state->cancelled = true; }
