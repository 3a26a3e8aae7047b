// What is written to stderr while the screen is drawn.

#define _DEFAULT_SOURCE 1
#define _DARWIN_C_SOURCE 1

#include "CTerminal.h"
#include "internal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REPLAY_LIMIT = 65536 };

static int captured = -1;
static int real_errors = -1;

void cterm_capture_errors(void) {
  if (captured >= 0 || !isatty(STDERR_FILENO)) return;
  const char *folder = getenv("TMPDIR");
  char path[512];
  if (folder == NULL || strlen(folder) > 400) folder = "/tmp";
  strcpy(path, folder);
  strcat(path, "/gztop.XXXXXX");
  int file = mkstemp(path);
  if (file < 0) return;
  unlink(path);
  fcntl(file, F_SETFD, FD_CLOEXEC);
  fcntl(file, F_SETFL, O_APPEND);
  real_errors = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (real_errors < 0 || dup2(file, STDERR_FILENO) < 0) {
    close(file);
    return;
  }
  captured = file;
}

void cterm_replay_errors(void) {
  if (captured < 0) return;
  dup2(real_errors, STDERR_FILENO);
  off_t end = lseek(captured, 0, SEEK_END);
  lseek(captured, end > REPLAY_LIMIT ? end - REPLAY_LIMIT : 0, SEEK_SET);
  char buffer[4096];
  ssize_t count;
  while ((count = read(captured, buffer, sizeof buffer)) > 0) {
    cterm_write_all(STDERR_FILENO, buffer, (size_t)count);
  }
}

void cterm_release_errors(void) {
  if (captured < 0) return;
  cterm_replay_errors();
  close(captured);
  close(real_errors);
  captured = real_errors = -1;
}
