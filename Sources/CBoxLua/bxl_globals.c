// Which globals a chunk reads and assigns, and which members of them: read off the code that Lua 5.4 itself compiles.
//
// Globals are fields of `_ENV`. A value is followed from where it is read through registers, locals and upvalues as long
// as it is certain: until a place that may be reached without passing there, or until its variable is assigned again. So
// `local box = require "box"` is the module in the functions below it, and `(mine or box).x` is nobody's member.
#include "bxl_dump.h"

#include <stdlib.h>

// Lua 5.4's numbers of the instructions that matter here.
enum {
  OP_MOVE = 0, OP_LOADK = 3, OP_LOADKX = 4, OP_LFALSESKIP = 6, OP_LOADNIL = 8, OP_GETUPVAL = 9, OP_SETUPVAL = 10,
  OP_GETTABUP = 11, OP_GETTABLE = 12, OP_GETFIELD = 14, OP_SETTABUP = 15, OP_SETTABLE = 16, OP_SETFIELD = 18,
  OP_SELF = 20, OP_MMBIN = 46, OP_MMBINK = 48, OP_CLOSE = 54, OP_JMP = 56, OP_TEST = 66, OP_CALL = 68, OP_TAILCALL = 69,
  OP_RETURN = 70, OP_RETURN1 = 72, OP_FORLOOP = 73, OP_FORPREP = 74, OP_TFORPREP = 75, OP_TFORCALL = 76,
  OP_TFORLOOP = 77, OP_SETLIST = 78, OP_CLOSURE = 79, OP_VARARG = 80, OP_EXTRAARG = 82,
};

enum { REGISTERS = 256, NO_CONSTANT = -1 };

/// What is known of a value: that it is the globals' table, or which global or member of one it is.
typedef struct value {
  bool is_env;
  /// `box.file`; NULL = not known.
  const char *path;
} value;

/// The paths that were found; freed together.
typedef struct path {
  struct path *next;
  char text[];
} path;

typedef struct scanner {
  bool short_of_memory;
  path *paths;
  void *context;
  void (*visit)(void *context, bxl_global_use use);
} scanner;

/// What is known while a function's instructions are gone through in their order.
typedef struct frame {
  const bxl_function *function;
  bool is_main;
  value upvalues[REGISTERS];
  value registers[REGISTERS];
  /// The constant that is in a register.
  long constants[REGISTERS];
  /// The instruction that wrote a register last.
  size_t written[REGISTERS];
  /// A member that was read into a register and of which nothing is known yet but its line.
  struct { const char *path; int32_t line; } unused[REGISTERS];
  /// When the locals that live end: their number is their register.
  size_t ends[REGISTERS];
  unsigned local_count;
  size_t next_local;
  /// Locals whose first value is known, and stays.
  bool is_constant[REGISTERS];
  /// Locals that a function inside assigns.
  bool is_assigned_inside[REGISTERS];
} frame;

static unsigned a_of(uint32_t instruction) { return instruction >> 7 & 255; }
static unsigned b_of(uint32_t instruction) { return instruction >> 16 & 255; }
static unsigned c_of(uint32_t instruction) { return instruction >> 24; }

static void report(scanner *s, const char *name, int32_t line, bxl_global_use_kind kind) {
  if (name != NULL) s->visit(s->context, (bxl_global_use){.name = name, .line = line, .kind = kind});
}

/// Bytes of a path; none that is known has half of them, and a chain of a thousand names would be a thousand paths.
#define LONGEST_PATH 256

/// `base.name`, or `name` alone without a base. NULL where the constant is no name, where the path is too long to be one
/// that is known, and without memory.
static const char *make_path(scanner *s, const char *base, const frame *f, long constant) {
  if (constant < 0 || (size_t)constant >= f->function->constant_count) return NULL;
  bxl_constant name = f->function->constants[constant];
  if (name.bytes == NULL) return NULL;
  // A dot would look like a member.
  if (memchr(name.bytes, '.', name.length) != NULL || memchr(name.bytes, '\0', name.length) != NULL) return NULL;
  size_t length = base == NULL ? 0 : strlen(base) + 1;
  if (length + name.length > LONGEST_PATH) return NULL;
  path *made = malloc(sizeof *made + length + name.length + 1);
  if (made == NULL) {
    s->short_of_memory = true;
    return NULL;
  }
  if (base != NULL) {
    memcpy(made->text, base, length - 1);
    made->text[length - 1] = '.';
  }
  memcpy(made->text + length, name.bytes, name.length);
  made->text[length + name.length] = '\0';
  made->next = s->paths;
  s->paths = made;
  return made->text;
}

/// Whether the instruction leaves register A as it is, or has none.
static bool keeps_register(unsigned operation) {
  return operation == OP_SETUPVAL || (operation >= OP_SETTABUP && operation <= OP_SETFIELD) ||
         (operation >= OP_MMBIN && operation <= OP_MMBINK) || (operation >= OP_CLOSE && operation <= OP_TEST) ||
         (operation >= OP_RETURN && operation <= OP_RETURN1) || operation == OP_SETLIST || operation == OP_EXTRAARG;
}

/// Whether the instruction may change registers above A too.
static bool changes_many(unsigned operation) {
  return operation == OP_LOADNIL || operation == OP_SELF || operation == OP_CALL || operation == OP_VARARG ||
         (operation >= OP_FORLOOP && operation <= OP_TFORLOOP);
}

/// Whether a function, or one inside it, assigns one of its upvalues.
static bool assigns_upvalue(const bxl_function *f, unsigned upvalue) {
  for (size_t pc = 0; pc < f->code_count; pc++) {
    if ((f->code[pc] & 127) == OP_SETUPVAL && b_of(f->code[pc]) == upvalue) return true;
  }
  for (size_t i = 0; i < f->function_count; i++) {
    const bxl_function *inner = f->functions[i];
    for (unsigned u = 0; u < inner->upvalue_count; u++) {
      bool is_same = !inner->upvalues[u].is_register && inner->upvalues[u].index == upvalue;
      if (is_same && assigns_upvalue(inner, u)) return true;
    }
  }
  return false;
}

/// Notes which registers the functions inside assign.
static void find_assigned_inside(frame *f) {
  for (size_t i = 0; i < f->function->function_count; i++) {
    const bxl_function *inner = f->function->functions[i];
    for (unsigned u = 0; u < inner->upvalue_count; u++) {
      bxl_upvalue upvalue = inner->upvalues[u];
      if (upvalue.is_register && !f->is_assigned_inside[upvalue.index]) {
        f->is_assigned_inside[upvalue.index] = assigns_upvalue(inner, u);
      }
    }
  }
}

/// For each instruction the first one that jumps to it, 0 for a jump back, SIZE_MAX without a jump: what was written
/// before that one is there on every way to it. The caller frees it; NULL = no memory.
static size_t *find_sources(const bxl_function *f) {
  size_t *sources = malloc((f->code_count + 1) * sizeof *sources);
  for (size_t pc = 0; pc < f->code_count && sources != NULL; pc++) sources[pc] = SIZE_MAX;
  for (size_t pc = 0; pc < f->code_count && sources != NULL; pc++) {
    long next = (long)pc + 1, bx = f->code[pc] >> 15, target = -1;
    switch (f->code[pc] & 127) {
      case OP_JMP: target = next + (long)(f->code[pc] >> 7) - ((1 << 24) - 1); break;
      case OP_FORLOOP: case OP_TFORLOOP: target = next - bx; break;
      case OP_FORPREP: target = next + bx + 1; break;
      case OP_TFORPREP: target = next + bx; break;
      case OP_LFALSESKIP: target = next + 1; break;
      default: break;
    }
    if (target < 0 || (size_t)target >= f->code_count) continue;
    size_t source = (size_t)target > pc ? pc : 0;
    if (source < sources[target]) sources[target] = source;
  }
  return sources;
}

/// Whether an instruction of a local's life assigns it.
static bool is_assigned(const bxl_function *f, unsigned local, size_t start, size_t end) {
  for (size_t pc = start; pc < end && pc < f->code_count; pc++) {
    unsigned operation = f->code[pc] & 127, a = a_of(f->code[pc]);
    if (keeps_register(operation)) continue;
    if (a == local || (a < local && changes_many(operation))) return true;
  }
  return false;
}

static bool is_known(value v) { return v.is_env || v.path != NULL; }

/// Registers get other values. A member that was in one and was neither called nor indexed was merely read.
static void forget(scanner *s, frame *f, unsigned first, unsigned last, size_t pc) {
  for (unsigned i = first; i <= last; i++) {
    report(s, f->unused[i].path, f->unused[i].line, BXL_READS_MEMBER);
    f->unused[i].path = NULL;
    f->written[i] = pc;
    f->registers[i] = (value){0};
    f->constants[i] = NO_CONSTANT;
  }
}

/// A register is called or indexed.
static void use_register(scanner *s, frame *f, unsigned index) {
  report(s, f->unused[index].path, f->unused[index].line, BXL_USES_MEMBER);
  f->unused[index].path = NULL;
}

/// Ends and begins the locals that do so at an instruction, and forgets what is not so on every way to it.
static void enter(frame *f, size_t pc, size_t source) {
  while (f->local_count > 0 && f->ends[f->local_count - 1] <= pc) f->is_constant[--f->local_count] = false;
  for (unsigned i = 0; source != SIZE_MAX && i < REGISTERS; i++) {
    if (f->is_constant[i] || f->written[i] < source) continue;
    f->registers[i] = (value){0};
    f->constants[i] = NO_CONSTANT;
  }
  for (; f->next_local < f->function->local_count && f->function->locals[f->next_local].start <= pc; f->next_local++) {
    bxl_local local = f->function->locals[f->next_local];
    if (local.end <= pc || f->local_count == REGISTERS) continue;
    unsigned at = f->local_count++;
    f->ends[at] = local.end;
    f->is_constant[at] = is_known(f->registers[at]) && !f->is_assigned_inside[at] &&
                         !is_assigned(f->function, at, local.start, local.end);
    if (!f->is_constant[at]) f->registers[at] = (value){0};
    // No instruction of this function tells when.
    if (f->is_assigned_inside[at]) f->constants[at] = NO_CONSTANT;
  }
}

/// Reads a field of a value: a global, a member of one, or nothing that is known.
static value field(scanner *s, const frame *f, value base, long constant, int32_t line) {
  if (!is_known(base)) return (value){0};
  value read = {.path = make_path(s, base.path, f, constant)};
  if (base.is_env) report(s, read.path, line, BXL_READS);
  return read;
}

/// What an instruction leaves in register A.
static value result(scanner *s, frame *f, uint32_t instruction, int32_t line) {
  unsigned a = a_of(instruction), b = b_of(instruction), c = c_of(instruction);
  switch (instruction & 127) {
    case OP_MOVE: return f->registers[b];
    case OP_GETUPVAL: return f->upvalues[b];
    case OP_GETTABUP: return field(s, f, f->upvalues[b], (long)c, line);
    // A name of more than 40 bytes, or behind many constants, stands in a register.
    case OP_GETTABLE: return field(s, f, f->registers[b], f->constants[c], line);
    case OP_GETFIELD: return field(s, f, f->registers[b], (long)c, line);
    case OP_SELF: {
      bool is_constant = (instruction >> 15 & 1) != 0;
      return field(s, f, f->registers[b], is_constant ? (long)c : f->constants[c], line);
    }
    case OP_CALL: {
      const char *called = f->registers[a].path;
      if (b != 2 || c != 2 || called == NULL || strcmp(called, "require") != 0) return (value){0};
      const char *module = make_path(s, NULL, f, f->constants[a + 1]);
      return (value){.path = module != NULL && strcmp(module, "box") == 0 ? module : NULL};
    }
    default: return (value){0};
  }
}

/// Reports what an instruction assigns: a global, by its name or as a field of `_G`.
static void report_assignment(scanner *s, const frame *f, uint32_t instruction, int32_t line) {
  unsigned a = a_of(instruction), b = b_of(instruction);
  value base = {0};
  long name = (long)b;
  switch (instruction & 127) {
    case OP_SETTABUP: base = f->upvalues[a]; break;
    case OP_SETFIELD: base = f->registers[a]; break;
    case OP_SETTABLE:
      base = f->registers[a];
      name = f->constants[b];
      break;
    default: return;
  }
  bool is_env = base.is_env || (base.path != NULL && strcmp(base.path, "_G") == 0);
  if (is_env) report(s, make_path(s, NULL, f, name), line, f->is_main ? BXL_ASSIGNS : BXL_ASSIGNS_INSIDE);
}

static void scan(scanner *s, const bxl_function *function, const frame *outer);

static void step(scanner *s, frame *f, size_t pc) {
  uint32_t instruction = f->function->code[pc];
  unsigned operation = instruction & 127, a = a_of(instruction), b = b_of(instruction);
  int32_t line = f->function->lines[pc];
  report_assignment(s, f, instruction, line);
  bool assigns_field = operation >= OP_SETTABLE && operation <= OP_SETFIELD;
  bool reads_field = (operation >= OP_GETTABLE && operation <= OP_GETFIELD) || operation == OP_SELF;
  if (assigns_field || operation == OP_CALL || operation == OP_TAILCALL) use_register(s, f, a);
  if (reads_field) use_register(s, f, b);
  if (operation == OP_CLOSURE && instruction >> 15 < f->function->function_count) {
    scan(s, f->function->functions[instruction >> 15], f);
  }
  if (keeps_register(operation)) return;
  value left = result(s, f, instruction, line);
  forget(s, f, a, changes_many(operation) ? REGISTERS - 1 : a, pc);
  f->registers[a] = left;
  if ((reads_field || operation == OP_GETTABUP) && left.path != NULL && strchr(left.path, '.') != NULL) {
    f->unused[a].path = left.path;
    f->unused[a].line = line;
  }
  if (operation == OP_LOADK) f->constants[a] = (long)(instruction >> 15);
  if (operation == OP_LOADKX && pc + 1 < f->function->code_count) {
    f->constants[a] = (long)(f->function->code[pc + 1] >> 7);
  }
}

/// Goes through a function and those inside it, each where it is made. `outer` is the enclosing one; NULL = main.
static void scan(scanner *s, const bxl_function *function, const frame *outer) {
  // Not on the stack: functions stand in each other up to 200 deep.
  frame *f = calloc(1, sizeof *f);
  size_t *sources = find_sources(function);
  if (f == NULL || sources == NULL) {
    s->short_of_memory = true;
  } else {
    f->function = function;
    f->is_main = outer == NULL;
    for (unsigned i = 0; i < REGISTERS; i++) f->constants[i] = NO_CONSTANT;
    for (unsigned u = 0; u < function->upvalue_count; u++) {
      bxl_upvalue upvalue = function->upvalues[u];
      if (outer == NULL) {
        // A chunk that takes other globals in place of those that are known is not looked into.
        f->upvalues[u].is_env = u == 0 && !assigns_upvalue(function, 0);
      } else if (!upvalue.is_register) {
        f->upvalues[u] = outer->upvalues[upvalue.index];
      } else if (outer->is_constant[upvalue.index]) {
        f->upvalues[u] = outer->registers[upvalue.index];
      }
    }
    find_assigned_inside(f);
    for (size_t pc = 0; pc < function->code_count && !s->short_of_memory; pc++) {
      enter(f, pc, sources[pc]);
      step(s, f, pc);
    }
    forget(s, f, 0, REGISTERS - 1, function->code_count);
  }
  free(sources);
  free(f);
}

/// Tells a syntax error: `x:line: message`.
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
  visit(context, (bxl_global_use){.name = message, .line = line});
}

bxl_status bxl_scan_globals(const char *text, size_t length, void *context,
                            void (*visit)(void *context, bxl_global_use use)) {
  bxl_function *function;
  char *bytes, *message;
  bxl_status status = bxl_function_compile(text, length, &function, &bytes, &message);
  if (status == BXL_SYNTAX) report_syntax(message, context, visit);
  if (status == BXL_OK) {
    scanner s = {.context = context, .visit = visit};
    scan(&s, function, NULL);
    if (s.short_of_memory) status = BXL_MEMORY;
    while (s.paths != NULL) {
      path *next = s.paths->next;
      free(s.paths);
      s.paths = next;
    }
  }
  bxl_function_free(function);
  free(bytes);
  free(message);
  return status;
}
