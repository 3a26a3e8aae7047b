// What comes from outside: bytes of the keyboard, signals, sizes.

#define _DEFAULT_SOURCE 1
#define _DARWIN_C_SOURCE 1

#include "CTerminal.h"
#include "internal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/time.h>
#include <unistd.h>

static bool size_may_have_changed;

bool cterm_ask_size(int32_t *rows, int32_t *columns) {
  struct winsize size;
  if (ioctl(cterm_tty, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return false;
  *rows = size.ws_row;
  *columns = size.ws_col;
  return true;
}

/// A signal as an event, CTERM_NONE when there is none that matters. A storm of resizes is one, to the last size.
static int32_t signal_event(void) {
  int number;
  while ((number = cterm_take_signal()) != 0) {
    if (number != SIGWINCH) return CTERM_SIGNAL | number;
    size_may_have_changed = true;
  }
  if (!size_may_have_changed) return CTERM_NONE;
  size_may_have_changed = false;
  return cterm_follow_size() ? CTERM_RESIZED : CTERM_NONE;
}

/// Waits for a key, a signal, or room for the rest of a frame. False when the terminal is gone.
static bool wait_for_input(int timeout_ms) {
#ifdef __APPLE__
  // poll does not take /dev/tty there. Both descriptors were opened early, and are small.
  if (cterm_tty >= FD_SETSIZE || cterm_signal_reader >= FD_SETSIZE) return false;
  fd_set readable;
  fd_set writable;
  FD_ZERO(&readable);
  FD_ZERO(&writable);
  FD_SET(cterm_tty, &readable);
  FD_SET(cterm_signal_reader, &readable);
  if (!cterm_ready()) FD_SET(cterm_tty, &writable);
  struct timeval limit = {timeout_ms / 1000, (timeout_ms % 1000) * 1000};
  int highest = cterm_tty > cterm_signal_reader ? cterm_tty : cterm_signal_reader;
  int ready = select(highest + 1, &readable, &writable, NULL, &limit);
  if (ready <= 0 || !FD_ISSET(cterm_tty, &readable)) return true;
  int waiting = 0;
  return ioctl(cterm_tty, FIONREAD, &waiting) == 0 && waiting > 0;
#else
  short wanted = cterm_ready() ? POLLIN : POLLIN | POLLOUT;
  struct pollfd waits[2] = {{cterm_tty, wanted, 0}, {cterm_signal_reader, POLLIN, 0}};
  int ready = poll(waits, 2, timeout_ms);
  return ready <= 0 || (waits[0].revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;
#endif
}

int32_t cterm_read(int32_t timeout_ms, uint8_t *bytes, int32_t capacity, int32_t *count) {
  *count = 0;
  if (cterm_tty < 0) return CTERM_HUNG_UP;
  for (int waited = 0; waited < 2; waited++) {
    cterm_send_rest();
    int32_t event = signal_event();
    if (event != CTERM_NONE) return event;
    ssize_t got = read(cterm_tty, bytes, (size_t)capacity);
    if (got > 0) *count = (int32_t)got;
    if (got > 0 || waited > 0) break;
    if (got < 0 && errno == EIO) return CTERM_HUNG_UP;
    if (timeout_ms <= 0) break;
    if (!wait_for_input(timeout_ms)) return CTERM_HUNG_UP;
  }
  return CTERM_NONE;
}
