#pragma once

// The terminal, behind a dozen typed doors: ncurses stays on the other side.
//
// Guarantees: draws on /dev/tty, never on stdin, stdout or stderr; never ends the process because of a terminal type;
// whatever ends the process by a signal that can be caught, the terminal is given back first.
// Relies on: one thread (the one that called cterm_open) making every call but the signal handlers.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Results of cterm_open.
static const int32_t CTERM_OK = 0;
static const int32_t CTERM_NO_TTY = 1;
static const int32_t CTERM_BAD_TYPE = 2;

// What cterm_read returns.
static const int32_t CTERM_NONE = -1;
static const int32_t CTERM_RESIZED = 0x20000b;
/// The terminal is gone: nothing can be read or drawn any more.
static const int32_t CTERM_HUNG_UP = 0x20000c;
/// The low byte is the number of a signal that asks for something: INT, TERM, HUP, QUIT, TSTP or CONT. (WINCH comes as
/// CTERM_RESIZED.)
static const int32_t CTERM_SIGNAL = 0x300000;

// Attributes of a style.
static const uint32_t CTERM_BOLD = 1;
static const uint32_t CTERM_DIM = 2;
static const uint32_t CTERM_REVERSE = 4;
static const uint32_t CTERM_UNDERLINE = 8;

/// Number of styles that cells may name.
static const int32_t CTERM_STYLES = 32;

/// Whether terminfo has an entry of this type that can address the cursor: all that drawing needs. Call before
/// cterm_open.
bool cterm_knows(const char *_Nonnull type);
/// A descriptor of the controlling terminal, close-on-exec, or -1 when there is none.
int32_t cterm_open_tty(void);
/// Whether the locale of the environment is UTF-8. Sets the process's locale from the environment.
bool cterm_utf8(void);

/// Takes the terminal: alternate screen, raw keys (Ctrl-C and Ctrl-Z are keys), cursor off, signal handlers. Where the
/// type is known to have them also reports of the focus, brackets around pasted text, and with `mouse` reports of presses
/// and the wheel.
int32_t cterm_open(const char *_Nonnull type, bool mouse);
/// Gives the terminal and the signal handlers back; SIGINT, SIGTERM, SIGHUP and SIGQUIT are ignored from then on. Does nothing when
/// it is not open.
void cterm_close(void);
/// After `cterm_close`, from any thread: what those four did before is what they do again. A hang-up that was seen stays ignored.
void cterm_release_signals(void);
void cterm_size(int32_t *_Nonnull rows, int32_t *_Nonnull columns);
/// 0 without colours; else how many the terminal has.
int32_t cterm_colours(void);
/// Defines style `index`: attributes, and a foreground colour or -1 for the terminal's own. The background is never
/// set.
void cterm_style(uint8_t index, uint32_t attributes, int32_t foreground);
/// Draws cells from a position: scalar in the low 24 bits, style in the high 8. A scalar of 0 is the right half of the
/// wide scalar before it. What the C library would draw with another width is drawn as `?`.
void cterm_put(int32_t row, int32_t column, const uint32_t *_Nonnull cells, int32_t count);
/// Empties the screen; the next flush draws all of it.
void cterm_clear(void);
/// The next flush draws all of it over what is there: nothing flickers.
void cterm_redraw(void);
/// Sends what has changed as one frame, by one write where the terminal takes it. Never waits: what is not taken goes on
/// its way from cterm_read, and until then flushes do nothing.
void cterm_flush(void);
/// Whether the terminal has taken all of the last frame.
bool cterm_ready(void);
/// The terminal holds a frame back until it is whole: to be told so once it has said so.
void cterm_synchronize(void);
/// The string that terminfo has for a capability, as it is. Returns its size; 0 when there is none, or too little room.
int32_t cterm_capability(const char *_Nonnull name, void *_Nonnull buffer, int32_t capacity);
/// What was typed, or an event, waiting for at most `timeout_ms`. With CTERM_NONE `count` bytes were typed.
int32_t cterm_read(int32_t timeout_ms, uint8_t *_Nonnull bytes, int32_t capacity, int32_t *_Nonnull count);
/// Gives the terminal back, stops the job as Ctrl-Z would, and takes the terminal again once it is continued.
void cterm_suspend(void);
/// Takes the terminal again after somebody else may have changed its settings. The caller redraws.
void cterm_reenter(void);

/// The terminal's settings from before cterm_open, as an opaque value for cterm_restore. Returns its size, 0 when the
/// terminal is not open or `capacity` is too small.
size_t cterm_saved_settings(void *_Nonnull buffer, size_t capacity);
/// What leaves the screen: mouse off, attributes off, keypad off, cursor on, back from the alternate screen (or, where
/// there is none, an empty screen).
size_t cterm_leave_strings(void *_Nonnull buffer, size_t capacity);
/// Bytes that a crash handler writes to a descriptor once it has given the terminal back; -1 for none.
void cterm_crash_notice(int32_t descriptor, const void *_Nullable bytes, size_t count);
/// Gives a terminal back from another process: settings as cterm_saved_settings has them, then the strings.
void cterm_restore(
  int32_t tty, const void *_Nonnull settings, size_t settings_count, const void *_Nonnull leave, size_t leave_count);

/// Sends descriptor 2 to an unlinked temporary file, when it is a terminal, until cterm_release_errors.
void cterm_capture_errors(void);
/// Gives descriptor 2 back and copies to it what was captured, its last 64 KiB at most.
void cterm_release_errors(void);
