// Which globals a chunk reads and assigns: read off the code that Lua 5.4 itself compiles, in the form of `lua_dump`.
#include "bxl.h"

#include <stdlib.h>

// Lua 5.4's numbers of the instructions that matter here.
enum {
  OP_LOADK = 3, OP_LOADKX = 4, OP_LOADNIL = 8, OP_GETUPVAL = 9, OP_SETUPVAL = 10, OP_GETTABUP = 11, OP_GETTABLE = 12,
  OP_GETFIELD = 14, OP_SETTABUP = 15, OP_SETTABLE = 16, OP_SETI = 17, OP_SETFIELD = 18, OP_SELF = 20, OP_MMBIN = 46,
  OP_MMBINK = 48, OP_CLOSE = 54, OP_TEST = 66, OP_CALL = 68, OP_RETURN = 70, OP_RETURN1 = 72, OP_TFORCALL = 76,
  OP_SETLIST = 78, OP_VARARG = 80, OP_EXTRAARG = 82,
};

typedef struct dump {
  char *bytes;
  size_t length;
  size_t capacity;
} dump;

typedef struct scanner {
  const unsigned char *bytes;
  size_t length;
  size_t at;
  bool failed;
  bool short_of_memory;
  void *context;
  void (*visit)(void *context, bxl_global_use use);
} scanner;

typedef struct constant {
  const char *bytes;
  size_t length;
} constant;

static int write_dump(lua_State *L, const void *bytes, size_t length, void *into) {
  (void)L;
  dump *d = into;
  if (length > d->capacity - d->length) {
    size_t capacity = (d->length + length) * 2;
    char *grown = realloc(d->bytes, capacity);
    if (grown == NULL) return 1;
    d->bytes = grown;
    d->capacity = capacity;
  }
  if (length > 0) memcpy(d->bytes + d->length, bytes, length);
  d->length += length;
  return 0;
}

/// The next `length` bytes; NULL, and the scan has failed, when there are fewer.
static const unsigned char *take(scanner *s, size_t length) {
  if (s->failed || length > s->length - s->at) {
    s->failed = true;
    return NULL;
  }
  s->at += length;
  return s->bytes + s->at - length;
}

static int take_byte(scanner *s) {
  const unsigned char *byte = take(s, 1);
  return byte == NULL ? 0 : *byte;
}

/// Seven bits a byte, the highest first; the last byte has the top bit.
static size_t take_size(scanner *s) {
  size_t value = 0;
  while (!s->failed) {
    int byte = take_byte(s);
    value = value << 7 | (size_t)(byte & 0x7F);
    if (byte & 0x80) break;
  }
  return s->failed ? 0 : value;
}

static constant take_string(scanner *s) {
  size_t size = take_size(s);
  if (size == 0) return (constant){NULL, 0};
  const unsigned char *bytes = take(s, size - 1);
  return (constant){(const char *)bytes, bytes == NULL ? 0 : size - 1};
}

static void report(scanner *s, const constant *constants, size_t count, size_t index, int line, bool is_assignment) {
  if (index >= count || constants[index].bytes == NULL) return;
  char small[64];
  size_t length = constants[index].length;
  char *name = length < sizeof small ? small : malloc(length + 1);
  if (name == NULL) {
    s->short_of_memory = true;
    return;
  }
  memcpy(name, constants[index].bytes, length);
  name[length] = '\0';
  s->visit(s->context, (bxl_global_use){.name = name, .line = line, .is_assignment = is_assignment});
  if (name != small) free(name);
}

/// One function's lines: what the differences and the exact lines beside them say.
typedef struct lines {
  const unsigned char *deltas;
  size_t count;
  size_t exact_at;
  size_t exact_end;
} lines;

/// What is known of a function's registers: a function with many constants, or a name of more than 40 bytes, has
/// `_ENV` and the name there. Expressions use registers as a stack, so that one pass in the order of the code will do.
typedef struct registers {
  bool is_env[256];
  /// The constant that is there, or SIZE_MAX.
  size_t constants[256];
} registers;

static void forget(registers *known, unsigned first, unsigned last) {
  for (unsigned i = first; i <= last; i++) {
    known->is_env[i] = false;
    known->constants[i] = SIZE_MAX;
  }
}

/// Whether the instruction leaves register A as it is, or has none.
static bool keeps_register(unsigned operation) {
  return operation == OP_SETUPVAL || (operation >= OP_SETTABUP && operation <= OP_SETFIELD) ||
         (operation >= OP_MMBIN && operation <= OP_MMBINK) || (operation >= OP_CLOSE && operation <= OP_TEST) ||
         (operation >= OP_RETURN && operation <= OP_RETURN1) || operation == OP_SETLIST || operation == OP_EXTRAARG;
}

/// Notes what an instruction leaves in registers.
static void follow(registers *known, uint32_t instruction, uint32_t following, const bool *is_env) {
  unsigned operation = instruction & 127, a = instruction >> 7 & 255, b = instruction >> 16 & 255;
  if (keeps_register(operation)) return;
  bool many = operation == OP_LOADNIL || operation == OP_SELF || operation == OP_CALL || operation == OP_TFORCALL ||
              operation == OP_VARARG;
  forget(known, a, many ? 255 : a);
  if (operation == OP_GETUPVAL) known->is_env[a] = is_env[b];
  if (operation == OP_LOADK) known->constants[a] = instruction >> 15;
  if (operation == OP_LOADKX) known->constants[a] = following >> 7;
}

/// The line of instruction `pc`, from the line of the one before. `exact` stands at the next exact line.
static int next_line(const lines *l, scanner *exact, size_t pc, int line) {
  if (pc >= l->count) return line;
  signed char delta = (signed char)l->deltas[pc];
  if (delta != -128) return line + delta;
  while (exact->at < l->exact_end) {
    size_t at = take_size(exact), there = take_size(exact);
    if (at == pc) return (int)there;
  }
  return line;
}

/// Goes through a function's instructions. Globals are fields of the upvalue that is the chunk's own `_ENV`.
static void scan_code(scanner *s, const unsigned char *code, size_t count, const constant *constants,
                      size_t constant_count, const bool *is_env, const lines *l, int line) {
  registers known;
  forget(&known, 0, 255);
  scanner exact = {.bytes = s->bytes, .length = s->length, .at = l->exact_at};
  for (size_t pc = 0; pc < count; pc++) {
    line = next_line(l, &exact, pc, line);
    uint32_t instruction, following = 0;
    memcpy(&instruction, code + pc * 4, 4);
    if (pc + 1 < count) memcpy(&following, code + pc * 4 + 4, 4);
    unsigned a = instruction >> 7 & 255, b = instruction >> 16 & 255, c = instruction >> 24;
    size_t read = SIZE_MAX, assigned = SIZE_MAX;
    switch (instruction & 127) {
      case OP_GETTABUP: read = is_env[b] ? c : SIZE_MAX; break;
      case OP_SETTABUP: assigned = is_env[a] ? b : SIZE_MAX; break;
      case OP_GETTABLE: read = known.is_env[b] ? known.constants[c] : SIZE_MAX; break;
      case OP_SETTABLE: assigned = known.is_env[a] ? known.constants[b] : SIZE_MAX; break;
      case OP_GETFIELD: read = known.is_env[b] ? c : SIZE_MAX; break;
      case OP_SETFIELD: assigned = known.is_env[a] ? b : SIZE_MAX; break;
      default: break;
    }
    report(s, constants, constant_count, read, line, false);
    report(s, constants, constant_count, assigned, line, true);
    follow(&known, instruction, following, is_env);
  }
}

/// Reads a function's constants; those that are no text have no bytes. The caller frees them; NULL, and the scan has
/// failed, where there are none to be had.
static constant *take_constants(scanner *s, size_t *count) {
  *count = take_size(s);
  if (s->failed || *count > s->length) {
    s->failed = true;
    return NULL;
  }
  constant *constants = calloc(*count + 1, sizeof *constants);
  if (constants == NULL) s->failed = s->short_of_memory = true;
  for (size_t i = 0; i < *count && !s->failed; i++) {
    switch (take_byte(s)) {
      case LUA_TNIL: case LUA_TBOOLEAN: case LUA_TBOOLEAN | 16: break;
      case LUA_TNUMBER: case LUA_TNUMBER | 16: take(s, 8); break;
      case LUA_TSTRING: case LUA_TSTRING | 16: constants[i] = take_string(s); break;
      default: s->failed = true;
    }
  }
  return constants;
}

/// Reads which of a function's upvalues are the chunk's `_ENV`: the main function's first one, and whatever inner
/// functions take over from it. A local `_ENV` is a register of the enclosing function.
static void take_upvalues(scanner *s, const bool *outer, bool is_env[256]) {
  size_t count = take_size(s);
  for (size_t i = 0; i < count && !s->failed; i++) {
    const unsigned char *upvalue = take(s, 3);
    if (upvalue == NULL || i >= 256) return;
    is_env[i] = outer == NULL ? i == 0 : upvalue[0] == 0 && outer[upvalue[1]];
  }
}

static lines take_lines(scanner *s) {
  lines l = {.count = take_size(s)};
  l.deltas = take(s, l.count);
  size_t exact = take_size(s);
  l.exact_at = s->at;
  for (size_t i = 0; i < exact && !s->failed; i++) {
    take_size(s);
    take_size(s);
  }
  l.exact_end = s->at;
  return l;
}

/// Steps over the names of locals and upvalues.
static void skip_names(scanner *s) {
  size_t locals = take_size(s);
  for (size_t i = 0; i < locals && !s->failed; i++) {
    take_string(s);
    take_size(s);
    take_size(s);
  }
  size_t upvalues = take_size(s);
  for (size_t i = 0; i < upvalues && !s->failed; i++) take_string(s);
}

/// Reads one function, and those inside it. `outer` tells which upvalues of the enclosing one are `_ENV`; NULL = main.
static void scan_function(scanner *s, const bool *outer) {
  take_string(s);
  int line = (int)take_size(s);
  // The last line, and three bytes: parameters, varargs, registers.
  take_size(s);
  take(s, 3);
  size_t code_count = take_size(s);
  if (code_count > s->length / 4) s->failed = true;
  const unsigned char *code = take(s, s->failed ? 0 : code_count * 4);
  size_t constant_count;
  constant *constants = take_constants(s, &constant_count);
  bool is_env[256] = {false};
  take_upvalues(s, outer, is_env);
  size_t functions = take_size(s);
  for (size_t i = 0; i < functions && !s->failed; i++) scan_function(s, is_env);
  lines l = take_lines(s);
  skip_names(s);
  if (!s->failed) scan_code(s, code, code_count, constants, constant_count, is_env, &l, line);
  free(constants);
}

/// Tells a syntax error: `x:line: message`. Never raises.
static void report_syntax(const char *message, void *context, void (*visit)(void *context, bxl_global_use use)) {
  int32_t line = 0;
  if (message == NULL) message = "syntax error";
  if (strncmp(message, "x:", 2) == 0) {
    char *end = NULL;
    long parsed = strtol(message + 2, &end, 10);
    if (end != message + 2 && *end == ':') {
      line = (int32_t)parsed;
      message = end + 1;
      while (*message == ' ') message++;
    }
  }
  visit(context, (bxl_global_use){.name = message, .line = line, .is_assignment = false});
}

bxl_status bxl_scan_globals(const char *text, size_t length, const char *name, void *context,
                            void (*visit)(void *context, bxl_global_use use)) {
  // The chunk's name is our own, so that the line is found whatever the file is called.
  (void)name;
  if (length > 0 && text[0] == '#') {
    const char *end = memchr(text, '\n', length);
    length = end == NULL ? 0 : length - (size_t)(end - text);
    text = end == NULL ? "" : end;
  }
  lua_State *L = luaL_newstate();
  if (L == NULL) return BXL_MEMORY;
  int loaded = luaL_loadbufferx(L, text, length, "=x", "t");
  if (loaded != LUA_OK) {
    if (loaded == LUA_ERRSYNTAX) report_syntax(lua_tostring(L, -1), context, visit);
    lua_close(L);
    return loaded == LUA_ERRSYNTAX ? BXL_SYNTAX : BXL_MEMORY;
  }
  dump d = {0};
  bool dumped = lua_dump(L, write_dump, &d, 0) == 0;
  lua_close(L);
  bxl_status status = BXL_MEMORY;
  if (dumped) {
    scanner s = {.bytes = (const unsigned char *)d.bytes, .length = d.length, .context = context, .visit = visit};
    // Signature, version and format, check bytes, three sizes, a test integer and a test number, upvalues.
    const unsigned char *header = take(&s, 4 + 2 + 6 + 3 + 8 + 8 + 1);
    if (header == NULL || header[4] != 0x54 || header[12] != 4 || header[13] != 8 || header[14] != 8) s.failed = true;
    if (!s.failed) scan_function(&s, NULL);
    status = s.short_of_memory ? BXL_MEMORY : s.failed ? BXL_INTERNAL : BXL_OK;
  }
  free(d.bytes);
  return status;
}
