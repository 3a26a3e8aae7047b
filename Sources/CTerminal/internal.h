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
void cterm_write_leave(void);
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
void cterm_write_all(int descriptor, const void *bytes, size_t count);
void cterm_replay_errors(void);
