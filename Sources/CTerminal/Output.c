// What is sent to the terminal: a frame is collected whole and written at once, and a terminal that does not read never
// holds anybody up.

#define _GNU_SOURCE 1
#define _DARWIN_C_SOURCE 1

#include "CTerminal.h"
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/// How long the last frame may take to get away when the terminal is given back.
enum { LAST_FRAME_MS = 250 };

/// An unlinked file that ncurses writes to. Its offset is where ncurses has come to since the last frame.
static int sink = -1;
static char *frame;
static size_t frame_capacity;
static size_t frame_count;
static size_t frame_sent;
static bool synchronized;

static char enter_strings[256];
static size_t enter_count;
static bool has_reports;
/// Sent behind the first frame, which is what enters the screen.
static bool entering;

static const char hold[] = "\033[?2026h";
static const char release[] = "\033[?2026l";
enum { MODE_COUNT = sizeof hold - 1 };

void cterm_remember_enter(const char *strings, size_t count, bool reports) {
  has_reports = reports;
  enter_count = count < sizeof enter_strings ? count : sizeof enter_strings;
  memcpy(enter_strings, strings, enter_count);
  entering = true;
}

static int unlinked_file(void) {
#ifdef __linux__
  return memfd_create("frame", MFD_CLOEXEC);
#else
  char path[] = "/tmp/gztop.XXXXXX";
  int file = mkstemp(path);
  if (file >= 0) unlink(path);
  return file;
#endif
}

bool cterm_collect_from(int descriptor) {
  sink = unlinked_file();
  if (sink < 0 || dup2(sink, descriptor) < 0) return false;
  fcntl(sink, F_SETFD, FD_CLOEXEC);
  fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  // Opened by us alone, so nobody else's reads and writes change by it.
  return fcntl(cterm_tty, F_SETFL, fcntl(cterm_tty, F_GETFL) | O_NONBLOCK) == 0;
}

void cterm_end_collection(void) {
  if (sink >= 0) close(sink);
  free(frame);
  sink = -1;
  frame = NULL;
  frame_capacity = frame_count = frame_sent = 0;
  synchronized = false;
}

void cterm_synchronize(void) { synchronized = true; }

bool cterm_ready(void) { return frame_sent == frame_count; }

/// Takes from the sink what ncurses has written since the last time. Bounded by what a whole screen takes.
static void collect(void) {
  off_t made = lseek(sink, 0, SEEK_CUR);
  frame_count = frame_sent = 0;
  if (made <= 0) return;
  size_t wanted = (size_t)made + enter_count + 2 * MODE_COUNT;
  if (wanted > frame_capacity) {
    char *larger = realloc(frame, wanted);
    if (larger == NULL) return;
    frame = larger;
    frame_capacity = wanted;
  }
  size_t used = 0;
  if (synchronized) memcpy(frame, hold, used = MODE_COUNT);
  ssize_t got = pread(sink, frame + used, (size_t)made, 0);
  lseek(sink, 0, SEEK_SET);
  if (got != made) return;
  used += (size_t)made;
  if (synchronized) memcpy(frame + used, release, MODE_COUNT);
  if (synchronized) used += MODE_COUNT;
  if (entering) {
    memcpy(frame + used, enter_strings, enter_count);
    used += enter_count;
    entering = false;
  }
  frame_count = used;
}

void cterm_send_rest(void) {
  while (frame_sent < frame_count) {
    ssize_t written = write(cterm_tty, frame + frame_sent, frame_count - frame_sent);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) return;
    // A terminal that is gone takes nothing any more, and reading says so.
    if (written <= 0) frame_sent = frame_count;
    else frame_sent += (size_t)written;
  }
}

void cterm_send_frame(void) {
  collect();
  cterm_send_rest();
}

void cterm_enter_again(void) {
  lseek(sink, 0, SEEK_SET);
  entering = true;
}

static int64_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void cterm_send_leave(void) {
  int64_t end = milliseconds() + LAST_FRAME_MS;
  for (cterm_send_rest(); !cterm_ready() && milliseconds() < end; cterm_send_rest()) {
#ifdef __APPLE__
    usleep(5000);
#else
    struct pollfd room = {cterm_tty, POLLOUT, 0};
    poll(&room, 1, (int)(end - milliseconds()));
#endif
  }
  // What nobody reads makes room for what matters; the escape that it begins with ends any sequence that was cut.
  if (!cterm_ready()) cterm_discard(TCOFLUSH);
  frame_count = frame_sent = 0;
  cterm_write_leave();
  lseek(sink, 0, SEEK_SET);
  // Reports that are on their way are no input of whoever reads next.
  if (has_reports) cterm_discard(TCIFLUSH);
}
