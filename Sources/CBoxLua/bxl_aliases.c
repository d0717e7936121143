// The portable aliases of event types (LUA_API.md, "Aliases").
#include "bxl_event.h"

#include <stdlib.h>

struct alias {
  const char *type;
  const char *alias;
};

/// In the order of the types' bytes.
static const struct alias aliases[] = {
    {"ADMIN_LOGIN", "login"},
    {"COLLABORATION_ACCEPT", "collaboration_add"},
    {"COLLABORATION_INVITE", "collaboration_invite"},
    {"COLLABORATION_REMOVE", "collaboration_remove"},
    {"COLLABORATION_ROLE_CHANGE", "collaboration_role_change"},
    {"COLLAB_ADD_COLLABORATOR", "collaboration_add"},
    {"COLLAB_INVITE_COLLABORATOR", "collaboration_invite"},
    {"COLLAB_REMOVE_COLLABORATOR", "collaboration_remove"},
    {"COLLAB_ROLE_CHANGE", "collaboration_role_change"},
    {"COPY", "copy"},
    {"DELETE", "trash"},
    {"DOWNLOAD", "download"},
    {"EDIT", "edit"},
    {"FAILED_LOGIN", "failed_login"},
    {"ITEM_COPY", "copy"},
    {"ITEM_CREATE", "create"},
    {"ITEM_DOWNLOAD", "download"},
    {"ITEM_MODIFY", "edit"},
    {"ITEM_MOVE", "move"},
    {"ITEM_PREVIEW", "preview"},
    {"ITEM_RENAME", "rename"},
    {"ITEM_SHARED", "share"},
    {"ITEM_SHARED_CREATE", "share"},
    {"ITEM_SHARED_UNSHARE", "unshare"},
    {"ITEM_SHARED_UPDATE", "share_update"},
    {"ITEM_SYNC", "sync"},
    {"ITEM_TRASH", "trash"},
    {"ITEM_UNDELETE_VIA_TRASH", "restore"},
    {"ITEM_UNSYNC", "unsync"},
    {"ITEM_UPLOAD", "upload"},
    {"LOCK", "lock"},
    {"LOCK_CREATE", "lock"},
    {"LOCK_DESTROY", "unlock"},
    {"LOGIN", "login"},
    {"MOVE", "move"},
    {"PREVIEW", "preview"},
    {"RENAME", "rename"},
    {"SHARE", "share"},
    {"UNDELETE", "restore"},
    {"UNLOCK", "unlock"},
    {"UNSHARE", "unshare"},
    {"UPLOAD", "upload"},
};

struct text {
  const char *bytes;
  size_t length;
};

static int compare(const void *key, const void *row) {
  const struct text *text = key;
  const char *type = ((const struct alias *)row)->type;
  size_t length = strlen(type);
  int order = memcmp(text->bytes, type, text->length < length ? text->length : length);
  if (order != 0) return order;
  return text->length < length ? -1 : text->length > length;
}

const char *bxl_alias(const char *type, size_t length) {
  struct text key = {type, length};
  const struct alias *found = bsearch(&key, aliases, sizeof aliases / sizeof *aliases, sizeof *aliases, compare);
  return found == NULL ? NULL : found->alias;
}
