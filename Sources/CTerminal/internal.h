#pragma once

// What the files of this target share.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The terminal, or -1.
extern int cterm_tty;
/// Read end of the pipe that signals arrive by.
extern int cterm_signal_reader;

/// Remembers the settings of `tty` and the strings that leave its screen.
void cterm_remember(int tty, const char *leave, size_t count);
/// Writes the strings to the terminal.
bool cterm_write_leave(void);
/// tcsetattr with what was remembered.
void cterm_reset_settings(void);
void cterm_forget(void);

bool cterm_install_signals(void);
void cterm_uninstall_signals(void);
/// The next signal that arrived, or 0.
int cterm_take_signal(void);
/// Stops this process group as the terminal's suspend key would; returns when it goes on.
void cterm_stop_job(void);

/// Async-signal-safe: both are called from crash handlers.
bool cterm_write_all(int descriptor, const void *bytes, size_t count);
void cterm_replay_errors(void);

/// The settings to draw with, and with no stop when we are in the background.
struct termios;
void cterm_set_settings(const struct termios *settings);
/// tcflush, likewise.
void cterm_discard(int queue);

/// What enters the screen besides what ncurses sends; goes behind the first frame. With `reports` the terminal may have
/// some on their way when it is given back.
void cterm_remember_enter(const char *strings, size_t count, bool reports);
/// From now on what is written to `descriptor` is collected for frames, and the terminal is written to without waiting.
bool cterm_collect_from(int descriptor);
void cterm_end_collection(void);
/// Sends what was collected as one frame, as much of it as the terminal takes now.
void cterm_send_frame(void);
/// Sends more of a frame that the terminal did not take whole.
void cterm_send_rest(void);
/// Forgets what was collected; the next frame enters the screen.
void cterm_enter_again(void);
/// Ends the frame that is on its way, for at most 250 ms, and leaves the screen.
void cterm_send_leave(void);

/// False when nobody knows.
bool cterm_ask_size(int32_t *rows, int32_t *columns);
/// Makes ncurses as large as the terminal is. False when it already was, or nobody knows.
bool cterm_follow_size(void);
