// Signals: crashes give the terminal back and go on crashing; polite ones become bytes in a pipe.

#define _DEFAULT_SOURCE 1
#define _DARWIN_C_SOURCE 1

#include "CTerminal.h"
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

int cterm_signal_reader = -1;
static int signal_writer = -1;

static struct termios saved_settings;
static bool has_saved_settings;
static char leave_strings[512];
static size_t leave_count;
static int notice_descriptor = -1;
static char notice[16];
static size_t notice_count;
static atomic_flag crashed = ATOMIC_FLAG_INIT;

enum { CRASHES = 6, WISHES = 7 };
static const int crash_signals[CRASHES] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP};
static const int wish_signals[WISHES] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH};
static struct sigaction before_crash[CRASHES];
static struct sigaction before_wish[WISHES];
static bool installed;
/// Uninstalled, and those that ask for the end are still ignored. The one who releases them may be another thread.
static atomic_bool held;
/// The terminal had gone when it was given back.
static bool was_hung_up;

// Of the thread that opened the terminal. A crash of another thread runs on that thread's own stack, which is only
// too small when the crash is its overflow: then the guardian process has the last word.
enum { ALTERNATE_STACK = 32768 };
static char alternate_stack[ALTERNATE_STACK];

void cterm_remember(int tty, const char *leave, size_t count) {
  has_saved_settings = tcgetattr(tty, &saved_settings) == 0;
  leave_count = count < sizeof leave_strings ? count : sizeof leave_strings;
  memcpy(leave_strings, leave, leave_count);
}

void cterm_forget(void) {
  has_saved_settings = false;
  leave_count = 0;
}

bool cterm_write_all(int descriptor, const void *bytes, size_t count) {
  const char *at = bytes;
  while (count > 0) {
    ssize_t written = write(descriptor, at, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    at += written;
    count -= (size_t)written;
  }
  return true;
}

bool cterm_write_leave(void) { return cterm_write_all(cterm_tty, leave_strings, leave_count); }

/// In the background to change a terminal would stop us, and whoever ended us would wait for ever.
static void not_stopped(struct sigaction *before) {
  struct sigaction ignore;
  memset(&ignore, 0, sizeof ignore);
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGTTOU, &ignore, before);
}

void cterm_set_settings(const struct termios *settings) {
  struct sigaction before;
  not_stopped(&before);
  tcsetattr(cterm_tty, TCSANOW, settings);
  sigaction(SIGTTOU, &before, NULL);
}

void cterm_discard(int queue) {
  struct sigaction before;
  not_stopped(&before);
  tcflush(cterm_tty, queue);
  sigaction(SIGTTOU, &before, NULL);
}

void cterm_reset_settings(void) {
  if (has_saved_settings) cterm_set_settings(&saved_settings);
}

size_t cterm_saved_settings(void *buffer, size_t capacity) {
  if (!has_saved_settings || capacity < sizeof saved_settings) return 0;
  memcpy(buffer, &saved_settings, sizeof saved_settings);
  return sizeof saved_settings;
}

size_t cterm_leave_strings(void *buffer, size_t capacity) {
  size_t count = leave_count < capacity ? leave_count : capacity;
  memcpy(buffer, leave_strings, count);
  return count;
}

void cterm_crash_notice(int32_t descriptor, const void *bytes, size_t count) {
  notice_descriptor = -1;
  if (bytes == NULL || descriptor < 0) return;
  notice_count = count < sizeof notice ? count : sizeof notice;
  memcpy(notice, bytes, notice_count);
  notice_descriptor = descriptor;
}

void cterm_restore(int32_t tty, const void *settings, size_t settings_count, const void *leave, size_t leave_bytes) {
  cterm_write_all(tty, leave, leave_bytes);
  struct termios value;
  if (settings_count != sizeof value) return;
  memcpy(&value, settings, sizeof value);
  tcsetattr(tty, TCSANOW, &value);
}

/// Only async-signal-safe calls: write, tcflush, tcsetattr, lseek, read, dup2, sigaction, raise.
static void on_crash(int number) {
  int error = errno;
  if (!atomic_flag_test_and_set(&crashed) && cterm_tty >= 0) {
    bool is_left = cterm_write_leave();
    if (!is_left) {
      // A terminal that takes nothing is still full of a frame.
      cterm_discard(TCOFLUSH);
      is_left = cterm_write_leave();
    }
    cterm_reset_settings();
    cterm_replay_errors();
    // Else it is left to the guardian, which can wait for the terminal.
    if (is_left && notice_descriptor >= 0) (void)cterm_write_all(notice_descriptor, notice, notice_count);
  }
  struct sigaction plain;
  memset(&plain, 0, sizeof plain);
  plain.sa_handler = SIG_DFL;
  sigaction(number, &plain, NULL);
  errno = error;
  raise(number);
}

static void on_wish(int number) {
  int error = errno;
  unsigned char byte = (unsigned char)number;
  ssize_t ignored = write(signal_writer, &byte, 1);
  (void)ignored;
  errno = error;
}

static bool open_pipe(void) {
  if (cterm_signal_reader >= 0) return true;
  int ends[2];
  if (pipe(ends) != 0) return false;
  for (int index = 0; index < 2; index++) {
    fcntl(ends[index], F_SETFD, FD_CLOEXEC);
    fcntl(ends[index], F_SETFL, O_NONBLOCK);
  }
  cterm_signal_reader = ends[0];
  signal_writer = ends[1];
  return true;
}

static void install(const int *numbers, struct sigaction *before, int count, void (*handler)(int), int flags) {
  for (int index = 0; index < count; index++) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    sigaction(numbers[index], &action, installed ? NULL : &before[index]);
  }
}

/// Called before newterm, and again after it: ncurses puts handlers of its own in between.
bool cterm_install_signals(void) {
  if (!open_pipe()) return false;
  // What is remembered as the state of before must not be that they are ignored.
  cterm_release_signals();
  stack_t stack;
  memset(&stack, 0, sizeof stack);
  stack.ss_sp = alternate_stack;
  stack.ss_size = sizeof alternate_stack;
  sigaltstack(&stack, NULL);
  install(crash_signals, before_crash, CRASHES, on_crash, SA_ONSTACK);
  install(wish_signals, before_wish, WISHES, on_wish, 0);
  installed = true;
  return true;
}

static bool is_hung_up(void) {
  struct pollfd terminal = {.fd = cterm_tty, .events = 0};
  return poll(&terminal, 1, 0) > 0 && (terminal.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

/// Whether a signal asks for the end.
static bool is_end(int number) {
  return number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT;
}

/// Signals that ask for the end are ignored from here on, until `cterm_release_signals`.
void cterm_uninstall_signals(void) {
  if (!installed) return;
  for (int index = 0; index < CRASHES; index++) sigaction(crash_signals[index], &before_crash[index], NULL);
  for (int index = 0; index < WISHES; index++) {
    // A key that is held, and the hang-up that comes after reads have ended, must not end us before the report is written.
    if (is_end(wish_signals[index])) {
      signal(wish_signals[index], SIG_IGN);
    } else {
      sigaction(wish_signals[index], &before_wish[index], NULL);
    }
  }
  was_hung_up = is_hung_up();
  installed = false;
  atomic_store(&held, true);
}

void cterm_release_signals(void) {
  if (!atomic_exchange(&held, false)) return;
  for (int index = 0; index < WISHES; index++) {
    bool is_told = was_hung_up && wish_signals[index] == SIGHUP;
    if (is_end(wish_signals[index]) && !is_told) sigaction(wish_signals[index], &before_wish[index], NULL);
  }
}

int cterm_take_signal(void) {
  unsigned char byte = 0;
  return read(cterm_signal_reader, &byte, 1) == 1 ? byte : 0;
}

static void dispose(int number, void (*handler)(int), struct sigaction *before) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  sigaction(number, &action, before);
}

void cterm_stop_job(void) {
  struct sigaction stop;
  struct sigaction go_on;
  // Our own continuation is no news.
  dispose(SIGCONT, SIG_DFL, &go_on);
  // The whole group, as the terminal would: what reads our output stops with us. A group without a shell that could
  // continue it is not stopped at all, which is what SIGTSTP (and not SIGSTOP) is for.
  dispose(SIGTSTP, SIG_IGN, &stop);
  kill(0, SIGTSTP);
  // Ourselves by this very thread: its own signal has stopped the process, and the process been continued, before the
  // call is over. What is sent to a process is taken by any thread that does not block it, at any later time, when the
  // screen may be ours again.
  dispose(SIGTSTP, SIG_DFL, NULL);
  sigset_t only;
  sigset_t before;
  sigemptyset(&only);
  sigaddset(&only, SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &only, &before);
  pthread_kill(pthread_self(), SIGTSTP);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  sigaction(SIGTSTP, &stop, NULL);
  sigaction(SIGCONT, &go_on, NULL);
}
