#pragma once

#include <stddef.h>
#include <sys/types.h>

/// What glibc hides from Swift of splice(2) and of the sizes of pipes. Failures are negated errnos; ENOSYS where there is no
/// splice (macOS).

/// Opens a pipe that does not block and is closed on exec, asks for `size` bytes, and returns what it got: the kernel gives
/// less, down to a page, to a user whose pipes hold too much already (pipe(7), pipe-user-pages-soft).
ssize_t csplice_pipe(int ends[_Nonnull 2], int size);

/// Moves up to `count` bytes between a pipe and a socket, either way, without a copy. 0 is the end of the source.
ssize_t csplice_move(int from, int to, size_t count);
