// ncurses, and nothing but ncurses: screen, cells, keys.

#define _DEFAULT_SOURCE 1
#define _DARWIN_C_SOURCE 1
#define _XOPEN_SOURCE 700
#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1

#include "CTerminal.h"
#include "internal.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

// term.h names every capability by a macro; these two are also words of ours.
#undef columns
#undef lines

_Static_assert(NCURSES_WIDECHAR == 1, "curses.h must declare its wide functions");
_Static_assert(sizeof(wchar_t) == 4, "a scalar must fit in one wchar_t");

int cterm_tty = -1;

static SCREEN *screen;
static FILE *output;
static FILE *input;
static bool has_alternate_screen;
static attr_t style_attributes[32];
static short style_pairs[32];

bool cterm_utf8(void) {
  setlocale(LC_ALL, "");
  const char *codeset = nl_langinfo(CODESET);
  return strcmp(codeset, "UTF-8") == 0 || strcmp(codeset, "utf8") == 0;
}

int32_t cterm_open_tty(void) { return open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC); }

static const char *capability(const char *name) {
  const char *value = tigetstr(name);
  return (value == NULL || value == (const char *)-1) ? NULL : value;
}

bool cterm_knows(const char *type) {
  int error = 0;
  int tty = cterm_open_tty();
  bool known = setupterm(type, tty >= 0 ? tty : STDERR_FILENO, &error) == OK && capability("cup") != NULL;
  if (cur_term != NULL) del_curterm(cur_term);
  if (tty >= 0) close(tty);
  return known;
}

/// Appends a capability without its padding marks, `$<5/>`: this is written raw.
static size_t append(char *to, size_t used, size_t capacity, const char *value) {
  for (const char *at = value; at != NULL && *at != 0 && used < capacity; at++) {
    if (at[0] == '$' && at[1] == '<') {
      const char *end = strchr(at, '>');
      if (end != NULL) {
        at = end;
        continue;
      }
    }
    to[used++] = *at;
  }
  return used;
}

/// Reads the strings from terminfo; the type was set up by the caller.
static void remember_leave_strings(void) {
  char leave[512];
  size_t used = 0;
  const size_t capacity = sizeof leave;
  if (capability("kmous") != NULL) used = append(leave, used, capacity, "\033[?1000l\033[?1002l\033[?1006l");
  used = append(leave, used, capacity, capability("sgr0"));
  used = append(leave, used, capacity, capability("op"));
  used = append(leave, used, capacity, capability("rmkx"));
  const char *back = capability("rmcup");
  has_alternate_screen = back != NULL;
  used = append(leave, used, capacity, has_alternate_screen ? back : capability("clear"));
  used = append(leave, used, capacity, capability("cnorm"));
  cterm_remember(cterm_tty, leave, used);
}

static void set_modes(void) {
  raw();
  noecho();
  nonl();
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  leaveok(stdscr, TRUE);
  curs_set(0);
}

int32_t cterm_open(const char *type) {
  if (cterm_tty >= 0) return CTERM_BAD_TYPE;
  setlocale(LC_ALL, "");
  cterm_tty = cterm_open_tty();
  if (cterm_tty < 0) return CTERM_NO_TTY;
  int error = 0;
  if (setupterm(type, cterm_tty, &error) != OK) {
    close(cterm_tty);
    cterm_tty = -1;
    return CTERM_BAD_TYPE;
  }
  // The strings come before newterm: from the moment the screen changes, a handler can change it back.
  remember_leave_strings();
  del_curterm(cur_term);

  int copy = fcntl(cterm_tty, F_DUPFD_CLOEXEC, 3);
  output = fdopen(cterm_tty, "w");
  input = copy >= 0 ? fdopen(copy, "r") : NULL;
#if NCURSES_VERSION_MAJOR >= 6
  // The size is what the terminal says, not LINES and COLUMNS of some other one.
  use_env(FALSE);
  use_tioctl(TRUE);
#endif
  screen = output != NULL && input != NULL && cterm_install_signals() ? newterm(type, output, input) : NULL;
  if (screen == NULL) {
    cterm_close();
    return CTERM_BAD_TYPE;
  }
  cterm_install_signals();
  set_escdelay(25);
  set_modes();
  if (has_colors()) {
    start_color();
    use_default_colors();
  }
  return CTERM_OK;
}

void cterm_close(void) {
  if (cterm_tty < 0) return;
  if (screen != NULL) {
    endwin();
    if (!has_alternate_screen) cterm_write_leave();
    delscreen(screen);
    screen = NULL;
  }
  cterm_reset_settings();
  cterm_uninstall_signals();
  cterm_forget();
  if (output != NULL) fclose(output); else close(cterm_tty);
  if (input != NULL) fclose(input);
  output = input = NULL;
  cterm_tty = -1;
}

void cterm_size(int32_t *rows, int32_t *columns) {
  *rows = screen != NULL ? getmaxy(stdscr) : 0;
  *columns = screen != NULL ? getmaxx(stdscr) : 0;
}

int32_t cterm_colours(void) { return screen != NULL && has_colors() ? COLORS : 0; }

void cterm_style(uint8_t index, uint32_t attributes, int32_t foreground) {
  if (screen == NULL || index >= CTERM_STYLES) return;
  attr_t value = A_NORMAL;
  if (attributes & CTERM_BOLD) value |= A_BOLD;
  if (attributes & CTERM_DIM) value |= A_DIM;
  if (attributes & CTERM_REVERSE) value |= A_REVERSE;
  if (attributes & CTERM_UNDERLINE) value |= A_UNDERLINE;
  style_attributes[index] = value;
  style_pairs[index] = 0;
  if (foreground >= 0 && has_colors() && foreground < COLORS && index + 1 < COLOR_PAIRS
      && init_pair((short)(index + 1), (short)foreground, -1) == OK) {
    style_pairs[index] = (short)(index + 1);
  }
}

/// Fills one cell of ncurses. The caller says the width it has planned for.
static void set_cell(cchar_t *cell, wchar_t scalar, int width, uint32_t style) {
  if (scalar > 0x7e && wcwidth(scalar) != width) scalar = L'?';
  wchar_t text[2] = {scalar, 0};
  uint32_t index = style < (uint32_t)CTERM_STYLES ? style : 0;
  setcchar(cell, text, style_attributes[index], style_pairs[index], NULL);
}

void cterm_put(int32_t row, int32_t column, const uint32_t *cells, int32_t count) {
  if (screen == NULL || row < 0 || column < 0 || row >= getmaxy(stdscr)) return;
  cchar_t line[256];
  int filled = 0;
  int start = column;
  for (int32_t index = 0; index < count; index++) {
    wchar_t scalar = (wchar_t)(cells[index] & 0xffffff);
    if (scalar == 0) scalar = L' ';
    if (scalar < 0x20 || (scalar >= 0x7f && scalar < 0xa0)) scalar = L'?';
    bool wide = index + 1 < count && (cells[index + 1] & 0xffffff) == 0;
    bool narrowed = wide && wcwidth(scalar) != 2;
    set_cell(&line[filled++], scalar, wide ? 2 : 1, cells[index] >> 24);
    if (wide) index++;
    if (narrowed) set_cell(&line[filled++], L' ', 1, cells[index] >> 24);
    if (filled >= 250 || index + 1 >= count) {
      mvadd_wchnstr(row, start, line, filled);
      filled = 0;
      start = column + index + 1;
    }
  }
}

void cterm_clear(void) {
  if (screen == NULL) return;
  erase();
  clearok(stdscr, TRUE);
}

void cterm_flush(void) {
  if (screen != NULL) refresh();
}

static int32_t special_key(wint_t code) {
  switch (code) {
  case KEY_UP: return CTERM_UP;
  case KEY_DOWN: return CTERM_DOWN;
  case KEY_LEFT: return CTERM_LEFT;
  case KEY_RIGHT: return CTERM_RIGHT;
  case KEY_PPAGE: return CTERM_PAGE_UP;
  case KEY_NPAGE: return CTERM_PAGE_DOWN;
  case KEY_HOME: return CTERM_HOME;
  case KEY_END: return CTERM_END;
  case KEY_F(1): return CTERM_F1;
  default: return CTERM_OTHER;
  }
}

static int32_t read_key(void) {
  wint_t code = 0;
  switch (get_wch(&code)) {
  case KEY_CODE_YES: return special_key(code);
  case ERR: return CTERM_NONE;
  default: return code <= 0x10ffff ? (int32_t)code : CTERM_OTHER;
  }
}

/// Waits for a key or a signal. False when the terminal is gone.
static bool wait_for_input(int timeout_ms) {
#ifdef __APPLE__
  // poll does not take /dev/tty there. Both descriptors were opened early, and are small.
  if (cterm_tty >= FD_SETSIZE || cterm_signal_reader >= FD_SETSIZE) return false;
  fd_set readable;
  FD_ZERO(&readable);
  FD_SET(cterm_tty, &readable);
  FD_SET(cterm_signal_reader, &readable);
  struct timeval limit = {timeout_ms / 1000, (timeout_ms % 1000) * 1000};
  int highest = cterm_tty > cterm_signal_reader ? cterm_tty : cterm_signal_reader;
  int ready = select(highest + 1, &readable, NULL, NULL, &limit);
  if (ready <= 0 || !FD_ISSET(cterm_tty, &readable)) return true;
  int waiting = 0;
  return ioctl(cterm_tty, FIONREAD, &waiting) == 0 && waiting > 0;
#else
  struct pollfd waits[2] = {{cterm_tty, POLLIN, 0}, {cterm_signal_reader, POLLIN, 0}};
  int ready = poll(waits, 2, timeout_ms);
  return ready <= 0 || (waits[0].revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;
#endif
}

/// Makes ncurses as large as the terminal is. False when it already was, or nobody knows.
static bool follow_size(void) {
  struct winsize size;
  if (ioctl(cterm_tty, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return false;
  if (size.ws_row == getmaxy(stdscr) && size.ws_col == getmaxx(stdscr)) return false;
  return resize_term(size.ws_row, size.ws_col) == OK;
}

/// A signal as an event, CTERM_NONE when there is none that matters.
static int32_t signal_event(void) {
  int number = cterm_take_signal();
  if (number == SIGWINCH) return follow_size() ? CTERM_RESIZED : CTERM_NONE;
  return number != 0 ? CTERM_SIGNAL | number : CTERM_NONE;
}

int32_t cterm_key(int32_t timeout_ms) {
  if (screen == NULL) return CTERM_HUNG_UP;
  int32_t event = signal_event();
  if (event == CTERM_NONE) event = read_key();
  if (event != CTERM_NONE || timeout_ms <= 0) return event;
  if (!wait_for_input(timeout_ms)) return CTERM_HUNG_UP;
  event = signal_event();
  return event != CTERM_NONE ? event : read_key();
}

void cterm_suspend(void) {
  if (screen == NULL) return;
  endwin();
  if (!has_alternate_screen) cterm_write_leave();
  cterm_reset_settings();
  cterm_stop_job();
  cterm_reenter();
}

void cterm_reenter(void) {
  if (screen == NULL) return;
  // Out first, unless we are, so that ncurses enters the screen from the start: alternate screen, keypad and all. Twice
  // out would move the cursor back to where it was before the shell spoke.
  if (!isendwin()) endwin();
  follow_size();
  reset_prog_mode();
  set_modes();
  cterm_clear();
  refresh();
}
