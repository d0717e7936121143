// Plain growing memory for what crosses the bridge.
#include "bxl.h"

#include <stdlib.h>

bool bxl_buffer_reserve(bxl_buffer *buffer, size_t more) {
  if (more > BXL_MAX_CROSSING || buffer->length + more > BXL_MAX_CROSSING) return false;
  size_t wanted = buffer->length + more;
  if (wanted <= buffer->capacity) return true;
  size_t larger = buffer->capacity < 256 ? 256 : buffer->capacity * 2;
  if (larger < wanted) larger = wanted;
  char *moved = realloc(buffer->bytes, larger);
  if (moved == NULL) return false;
  buffer->bytes = moved;
  buffer->capacity = larger;
  return true;
}

bool bxl_buffer_append(bxl_buffer *buffer, const void *bytes, size_t length) {
  if (!bxl_buffer_reserve(buffer, length)) return false;
  if (length > 0) memcpy(buffer->bytes + buffer->length, bytes, length);
  buffer->length += length;
  return true;
}

void bxl_buffer_reset(bxl_buffer *buffer) {
  buffer->length = 0;
  // One large crossing must not keep its memory for the life of the rule.
  if (buffer->capacity > BXL_KEPT_CAPACITY) bxl_buffer_free(buffer);
}

void bxl_buffer_free(bxl_buffer *buffer) {
  free(buffer->bytes);
  *buffer = (bxl_buffer){0};
}
