// What libedit takes as variable arguments, which Swift cannot
// pass, stands here as functions.
#ifndef CEDIT_SHIM_H
#define CEDIT_SHIM_H

#include <histedit.h>
#include <stdio.h>
#include <wchar.h>

/// An editor on standard input that draws on standard error. NULL when there is no memory.
static inline EditLine *cedit_open(const char *program) {
  EditLine *editor = el_init(program, stdin, stderr, stderr);
  if (editor != NULL) {
    el_set(editor, EL_SIGNAL, 0);
    el_set(editor, EL_EDITOR, "emacs");
  }
  return editor;
}

static inline void cedit_set_owner(EditLine *editor, void *owner) { el_set(editor, EL_CLIENTDATA, owner); }

static inline void *cedit_owner(EditLine *editor) {
  void *owner = NULL;
  el_get(editor, EL_CLIENTDATA, &owner);
  return owner;
}

static inline void cedit_set_prompt(EditLine *editor, char *(*prompt)(EditLine *)) {
  el_set(editor, EL_PROMPT, prompt);
}

static inline void cedit_set_reader(EditLine *editor, int (*reader)(EditLine *, wchar_t *)) {
  el_set(editor, EL_GETCFN, reader);
}

/// Binds a key to a function of the program's.
static inline void cedit_bind(EditLine *editor, const char *key, const char *name,
                              unsigned char (*function)(EditLine *, int)) {
  el_set(editor, EL_ADDFN, name, name, function);
  el_set(editor, EL_BIND, key, name, NULL);
}

/// Binds a key to one of libedit's commands.
static inline void cedit_bind_command(EditLine *editor, const char *key, const char *command) {
  el_set(editor, EL_BIND, key, command, NULL);
}

/// Takes the terminal again, whose modes the shell has set while the program was stopped.
static inline void cedit_resume(EditLine *editor) { el_set(editor, EL_PREP_TERM, 1); }

/// Draws the line anew from where the cursor stands.
static inline void cedit_refresh(EditLine *editor) { el_set(editor, EL_REFRESH, NULL); }

static inline void cedit_set_history(EditLine *editor, History *lines, int most) {
  HistEvent event;
  history(lines, &event, H_SETSIZE, most);
  history(lines, &event, H_SETUNIQUE, 1);
  el_set(editor, EL_HIST, history, lines);
}

static inline void cedit_history_add(History *lines, const char *line) {
  HistEvent event;
  history(lines, &event, H_ENTER, line);
}

/// Columns that a character takes, as libedit counts; -1 for what it cannot show.
static inline int cedit_width(wchar_t character) { return wcwidth(character); }

#endif
