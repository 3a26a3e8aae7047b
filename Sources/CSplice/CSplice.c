#define _GNU_SOURCE 1

#include "CSplice.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#ifdef __linux__

ssize_t csplice_pipe(int ends[2], int size) {
  if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return -errno;
  // Refused or not, what it holds now is what counts.
  (void)fcntl(ends[1], F_SETPIPE_SZ, size);
  int capacity = fcntl(ends[1], F_GETPIPE_SZ);
  if (capacity > 0) return capacity;
  int error = errno;
  close(ends[0]);
  close(ends[1]);
  return -error;
}

ssize_t csplice_move(int from, int to, size_t count) {
  for (;;) {
    ssize_t moved = splice(from, NULL, to, NULL, count, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (moved >= 0) return moved;
    if (errno != EINTR) return -errno;
  }
}

#else

ssize_t csplice_pipe(int ends[2], int size) {
  (void)ends;
  (void)size;
  return -ENOSYS;
}

ssize_t csplice_move(int from, int to, size_t count) {
  (void)from;
  (void)to;
  (void)count;
  return -ENOSYS;
}

#endif
