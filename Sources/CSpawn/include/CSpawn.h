#pragma once

#include <spawn.h>

/// What glibc hides from Swift of posix_spawn.

/// As the last action of the child: every descriptor from `first` on is closed, those too that other threads open before it
/// starts. Returns an errno; ENOSYS where the C library has no such action (glibc before 2.34, macOS).
int cspawn_close_from(posix_spawn_file_actions_t *_Nonnull actions, int first);
