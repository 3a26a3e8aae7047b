// ncurses, and nothing but ncurses: screen and cells. What it sends is collected (Output.c); keys are read elsewhere (Input.c).

#define _DEFAULT_SOURCE 1
#define _DARWIN_C_SOURCE 1
#define _XOPEN_SOURCE 700
#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1

#include "CTerminal.h"
#include "internal.h"

#include <curses.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
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
static struct termios drawing_settings;
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

int32_t cterm_capability(const char *name, void *buffer, int32_t capacity) {
  const char *value = screen != NULL ? capability(name) : NULL;
  size_t count = value != NULL ? strlen(value) : 0;
  if (count == 0 || count > (size_t)(capacity > 0 ? capacity : 0)) return 0;
  memcpy(buffer, value, count);
  return (int32_t)count;
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

/// Whether a terminal of this type is known to take xterm's private modes, which terminfo does not tell.
static bool takes_private_modes(const char *type) {
  static const char *const families[] = {
    "xterm", "tmux", "alacritty", "foot", "kitty", "rxvt-unicode", "wezterm", "ghostty", "konsole", "gnome", "vte", "st-",
    "contour", "mintty", "iterm"};
  for (size_t index = 0; index < sizeof families / sizeof *families; index++) {
    if (strncmp(type, families[index], strlen(families[index])) == 0) return true;
  }
  // Its own name for what runs inside; the real GNU screen would not pass them on.
  return strncmp(type, "screen", 6) == 0 && getenv("TMUX") != NULL;
}

/// Reads from terminfo what enters and leaves the screen besides what ncurses does; the type was set up by the caller.
static void remember_strings(const char *type, bool mouse) {
  char leave[512];
  char enter[256];
  size_t left = 0;
  size_t entered = append(enter, 0, sizeof enter, capability("smkx"));
  bool private = takes_private_modes(type);
  if (private) {
    // Focus, pasted text in brackets, presses and the wheel; and a question whether frames can be held together. The
    // answer comes as input, some time.
    entered = append(enter, entered, sizeof enter, "\033[?1004h\033[?2004h");
    if (mouse && capability("kmous") != NULL) entered = append(enter, entered, sizeof enter, "\033[?1000h\033[?1006h");
    entered = append(enter, entered, sizeof enter, "\033[?2026$p");
    left = append(leave, left, sizeof leave, "\033[?2026l\033[?1000l\033[?1002l\033[?1006l\033[?1004l\033[?2004l");
  }
  left = append(leave, left, sizeof leave, capability("sgr0"));
  left = append(leave, left, sizeof leave, capability("op"));
  left = append(leave, left, sizeof leave, capability("rmkx"));
  const char *back = capability("rmcup");
  // Emptied first (not by `clear`, which may empty what was scrolled away too): tmux shows rows of the screen that is left on the
  // one that it goes back to, when it has become larger meanwhile. Going back brings the cursor to where it was.
  if (back != NULL) {
    left = append(leave, left, sizeof leave, capability("home"));
    left = append(leave, left, sizeof leave, capability("ed"));
  }
  left = append(leave, left, sizeof leave, back != NULL ? back : capability("clear"));
  left = append(leave, left, sizeof leave, capability("cnorm"));
  cterm_remember(cterm_tty, leave, left);
  cterm_remember_enter(enter, entered, private);
}

static void set_modes(void) {
  raw();
  noecho();
  nonl();
  leaveok(stdscr, TRUE);
  // A frame is made whole, whatever keys wait.
  typeahead(-1);
  curs_set(0);
}

/// Makes ncurses a screen that writes to the sink. It sees the terminal while it starts, for what its settings say.
static bool start_screen(const char *type) {
  int out = fcntl(cterm_tty, F_DUPFD_CLOEXEC, 3);
  int in = fcntl(cterm_tty, F_DUPFD_CLOEXEC, 3);
  output = out >= 0 ? fdopen(out, "w") : NULL;
  input = in >= 0 ? fdopen(in, "r") : NULL;
  if (output == NULL && out >= 0) close(out);
  if (input == NULL && in >= 0) close(in);
  if (output == NULL || input == NULL || !cterm_install_signals()) return false;
#if NCURSES_VERSION_MAJOR >= 6
  // The size is what the terminal says, not LINES and COLUMNS of some other one.
  use_env(FALSE);
  use_tioctl(TRUE);
#endif
  screen = newterm(type, output, input);
  if (screen == NULL) return false;
  set_modes();
  return tcgetattr(cterm_tty, &drawing_settings) == 0 && cterm_collect_from(out);
}

int32_t cterm_open(const char *type, bool mouse) {
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
  remember_strings(type, mouse);
  del_curterm(cur_term);
  if (!start_screen(type)) {
    cterm_close();
    // Nothing is written on the normal screen that a signal could take away.
    cterm_release_signals();
    return CTERM_BAD_TYPE;
  }
  cterm_install_signals();
  if (has_colors()) {
    start_color();
    use_default_colors();
  }
  return CTERM_OK;
}

/// Out of the screen: what was begun is ended, the strings are sent, what ncurses would send is not.
static void leave_screen(void) {
  endwin();
  cterm_send_leave();
  cterm_reset_settings();
}

void cterm_close(void) {
  if (cterm_tty < 0) return;
  if (screen != NULL) {
    leave_screen();
    delscreen(screen);
    screen = NULL;
  }
  cterm_uninstall_signals();
  cterm_forget();
  if (output != NULL) fclose(output);
  if (input != NULL) fclose(input);
  cterm_end_collection();
  close(cterm_tty);
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

void cterm_redraw(void) {
  if (screen != NULL) redrawwin(stdscr);
}

void cterm_flush(void) {
  if (screen == NULL || !cterm_ready()) return;
  refresh();
  fflush(output);
  cterm_send_frame();
}

bool cterm_follow_size(void) {
  int32_t rows = 0;
  int32_t columns = 0;
  if (screen == NULL || !cterm_ask_size(&rows, &columns)) return false;
  if (rows == getmaxy(stdscr) && columns == getmaxx(stdscr)) return false;
  return resize_term(rows, columns) == OK;
}

void cterm_suspend(void) {
  if (screen == NULL) return;
  leave_screen();
  cterm_stop_job();
  cterm_reenter();
}

/// Of a shell that has another job in the foreground, or itself. Who is not its session's, or has lost its terminal, has none.
static bool is_in_background(void) {
  pid_t foreground = tcgetpgrp(cterm_tty);
  return foreground > 0 && foreground != getpgrp();
}

/// A shell's `bg` continues a program that can do nothing without the terminal: it stops again, until it is brought back.
///
/// A group without a shell is not stopped by anything, so that this ends: reading then tells that the terminal is gone.
static bool has_terminal(void) {
  for (int tries = 0; tries < 1000 && is_in_background(); tries++) cterm_stop_job();
  return !is_in_background();
}

void cterm_reenter(void) {
  if (screen == NULL || !has_terminal()) return;
  // Out first, unless we are, so that ncurses enters the screen from the start. Nothing of that is sent: twice out would
  // move the cursor back to where it was before the shell spoke.
  if (!isendwin()) endwin();
  cterm_enter_again();
  cterm_follow_size();
  cterm_set_settings(&drawing_settings);
  curs_set(0);
  cterm_clear();
  cterm_flush();
}
