#include "CMemory.h"

// The macro __GLIBC__ comes with any of its headers.
#include <stdlib.h>

#ifdef __GLIBC__
#include <link.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

void cmem_trim(void) { malloc_trim(0); }

/// Whether the loader has written into the library's code, which would be lost.
static bool has_relocated_code(const struct dl_phdr_info *info) {
  for (size_t i = 0; i < info->dlpi_phnum; i++) {
    if (info->dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
    const ElfW(Dyn) *entry = (const ElfW(Dyn) *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    for (; entry->d_tag != DT_NULL; entry++) {
      if (entry->d_tag == DT_TEXTREL) return true;
      if (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL) != 0) return true;
    }
  }
  return false;
}

/// Called under the loader's lock: no library goes meanwhile.
static int release(struct dl_phdr_info *info, size_t size, void *released) {
  (void)size;
  if (has_relocated_code(info)) return 0;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (size_t i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) != 0) continue;
    // Whole pages alone: the ends may be shared with a segment that is written to.
    uintptr_t start = (info->dlpi_addr + segment->p_vaddr + page - 1) & ~(page - 1);
    uintptr_t end = (info->dlpi_addr + segment->p_vaddr + segment->p_filesz) & ~(page - 1);
    if (end > start && madvise((void *)start, end - start, MADV_DONTNEED) == 0) *(size_t *)released += end - start;
  }
  return 0;
}

size_t cmem_release_code(void) {
  size_t released = 0;
  dl_iterate_phdr(release, &released);
  return released;
}

#else

void cmem_trim(void) {}
size_t cmem_release_code(void) { return 0; }

#endif
