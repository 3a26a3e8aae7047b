#include "CCurl.h"

#ifdef __linux__
#include <sys/timerfd.h>
#include <time.h>

int ccurl_timer_create(void) { return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK); }

void ccurl_timer_set(int timer, int64_t moment) {
  struct itimerspec when = {.it_value = {.tv_sec = moment / 1000000000, .tv_nsec = moment % 1000000000}};
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}
#endif
