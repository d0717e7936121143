#ifndef CMEMORY_H
#define CMEMORY_H

#include <stddef.h>

/// Gives memory that was freed back to the system. The allocator keeps what a busy time has needed otherwise.
void cmem_trim(void);

/// Lets go of the pages of the program's and its libraries' code and constants; what is used again is mapped again from
/// the page cache. A start touches several times the code that waiting for events needs, and none of it would leave the
/// process by itself while the machine has memory to spare.
///
/// Only what cannot have changed since it was mapped is let go of (segments that no relocation writes to), so nothing
/// is lost; but the breakpoints of a debugger are. Bytes that were let go of, mapped or not; 0 where there is no way.
/// madvise(2), dl_iterate_phdr(3).
size_t cmem_release_code(void);

#endif
