#pragma once
// Typed doors into libcurl's variadic setters and getters, one per kind of argument, and into the C library's
// calls that Swift's Glibc module does not show. No logic lives here. libcurl 7.80 or newer.
#define CURL_DISABLE_TYPECHECK 1
#include <stdint.h>
#include <curl/curl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#if LIBCURL_VERSION_NUM < 0x075000
#error "libcurl 7.80 or newer is needed (CURLOPT_PREREQFUNCTION)"
#endif

// CURLcode and curl_off_t cross into Swift as the integers these types promise to be.
_Static_assert(sizeof(curl_off_t) == 8, "sizes and times are 64 bits wide");
_Static_assert(sizeof(curl_socket_t) == sizeof(int), "a socket is a descriptor");

// libcurl 7.88 allocates a receive buffer for each transfer and frees it after. glibc would give memory of that size back
// to the system each time, and every page of it would fault again with the next stream. What is kept is bounded by the
// most that was ever in use.
static inline void ccurl_keep_freed_memory(void) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
#endif
}

// Setters of an easy handle.
static inline CURLcode ccurl_set_long(CURL *_Nonnull handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode ccurl_set_off(CURL *_Nonnull handle, CURLoption option, int64_t value) {
  return curl_easy_setopt(handle, option, (curl_off_t)value);
}
// An enum's case in some versions and a macro in others, so Swift cannot name its type.
static inline CURLcode ccurl_set_http11(CURL *_Nonnull handle) {
  return curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
}
// In clear text nobody is asked: the first bytes are HTTP/2's. Over TLS it is offered first, and ALPN decides.
static inline CURLcode ccurl_set_http2(CURL *_Nonnull handle, int is_tls) {
  return curl_easy_setopt(handle, CURLOPT_HTTP_VERSION,
                          (long)(is_tls ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE));
}
// User and password are sent at once, and no other way is tried.
static inline CURLcode ccurl_set_basic(CURL *_Nonnull handle, CURLoption option) {
  return curl_easy_setopt(handle, option, (long)CURLAUTH_BASIC);
}
// Nothing but http and https, spelled as this version wants it.
static inline CURLcode ccurl_set_web_only(CURL *_Nonnull handle) {
#if LIBCURL_VERSION_NUM >= 0x075500
  return curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  return curl_easy_setopt(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}
// A transfer that is over does not wait for its name to be resolved: the resolver's thread ends by itself. Before 7.87
// libcurl waits, as long as the resolver takes.
static inline CURLcode ccurl_set_quick_exit(CURL *_Nonnull handle) {
#if LIBCURL_VERSION_NUM >= 0x075700
  return curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
#else
  (void)handle;
  return CURLE_OK;
#endif
}
// Strings are copied by libcurl (CURLOPT_POSTFIELDS is the exception and goes through ccurl_set_pointer).
static inline CURLcode ccurl_set_string(CURL *_Nonnull handle, CURLoption option, const char *_Nullable value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode ccurl_set_pointer(CURL *_Nonnull handle, CURLoption option, const void *_Nullable value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode ccurl_set_list(CURL *_Nonnull handle, CURLoption option, struct curl_slist *_Nullable list) {
  return curl_easy_setopt(handle, option, list);
}
// CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION.
static inline CURLcode ccurl_set_write(CURL *_Nonnull handle, CURLoption option, curl_write_callback _Nonnull function) {
  return curl_easy_setopt(handle, option, function);
}
static inline CURLcode ccurl_set_read(CURL *_Nonnull handle, curl_read_callback _Nonnull function) {
  return curl_easy_setopt(handle, CURLOPT_READFUNCTION, function);
}
static inline CURLcode ccurl_set_seek(CURL *_Nonnull handle, curl_seek_callback _Nonnull function) {
  return curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, function);
}
static inline CURLcode ccurl_set_prereq(CURL *_Nonnull handle, curl_prereq_callback _Nonnull function) {
  return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, function);
}
static inline CURLcode ccurl_set_sockopt(CURL *_Nonnull handle, curl_sockopt_callback _Nonnull function) {
  return curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, function);
}
// The connection keeps both, longer than the handle lives that opened it.
static inline CURLcode ccurl_set_closesocket(CURL *_Nonnull handle, curl_closesocket_callback _Nonnull function,
                                             void *_Nonnull context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, function);
  return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_CLOSESOCKETDATA, context) : code;
}

// What libcurl makes of CURLOPT_URL with CURLOPT_PATH_AS_IS, by the same rules; NULL where it would refuse the URL.
static inline CURLU *_Nullable ccurl_url_parse(const char *_Nonnull text) {
  CURLU *url = curl_url();
  if (!url) return NULL;
  unsigned int rules = CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME | CURLU_PATH_AS_IS;
  if (curl_url_set(url, CURLUPART_URL, text, rules) == CURLUE_OK) return url;
  curl_url_cleanup(url);
  return NULL;
}

// Getters of an easy handle. What libcurl does not know is 0 or NULL.
static inline long ccurl_info_long(CURL *_Nonnull handle, CURLINFO info) {
  long value = 0;
  return curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : 0;
}
static inline int64_t ccurl_info_off(CURL *_Nonnull handle, CURLINFO info) {
  curl_off_t value = 0;
  return curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : 0;
}
static inline void *_Nullable ccurl_info_private(CURL *_Nonnull handle) {
  char *value = NULL;
  return curl_easy_getinfo(handle, CURLINFO_PRIVATE, &value) == CURLE_OK ? value : NULL;
}

// What the library that is loaded says of itself; its strings live as long as the process.
static inline const curl_version_info_data *_Nonnull ccurl_version(void) {
  return curl_version_info(CURLVERSION_NOW);
}

// Setters of a multi handle.
static inline CURLMcode ccurl_multi_set_long(CURLM *_Nonnull multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}
static inline CURLMcode ccurl_multi_set_pointer(CURLM *_Nonnull multi, CURLMoption option, void *_Nullable value) {
  return curl_multi_setopt(multi, option, value);
}
static inline CURLMcode ccurl_multi_set_socket(CURLM *_Nonnull multi, curl_socket_callback _Nonnull function) {
  return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, function);
}
static inline CURLMcode ccurl_multi_set_timer(CURLM *_Nonnull multi, curl_multi_timer_callback _Nonnull function) {
  return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, function);
}
// The next transfer that ended, or NULL. CURLMsg carries its result in a union.
static inline CURL *_Nullable ccurl_multi_next_done(CURLM *_Nonnull multi, CURLcode *_Nonnull result) {
  int left = 0;
  for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
    if (message->msg != CURLMSG_DONE) continue;
    *result = message->data.result;
    return message->easy_handle;
  }
  return NULL;
}

// MARK: - Memory (Memory.c)

// At most this much is kept for a thread, in bytes.
#define CCURL_MEMORY_KEPT (4 << 20)

// libcurl's initialisation, with the functions below for its memory. Before every other call of libcurl.
CURLcode ccurl_global_init(void);

// As malloc, free, realloc and calloc. What is given back is kept for the calling thread, until it ends; blocks above 64 KiB are
// not. Blocks may be given back on another thread than took them.
void *_Nullable ccurl_memory_take(size_t size);
void ccurl_memory_give(void *_Nullable bytes);
void *_Nullable ccurl_memory_grow(void *_Nullable bytes, size_t size);
void *_Nullable ccurl_memory_take_zeroed(size_t count, size_t each);
// Bytes that are kept for the calling thread.
size_t ccurl_memory_kept(void);

#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>

static inline int ccurl_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }
// operation: EPOLL_CTL_ADD, EPOLL_CTL_MOD or EPOLL_CTL_DEL; events: EPOLLIN | EPOLLOUT. Level-triggered. The event
// brings the descriptor back in the lower half of its 64 bits and the tag in the upper.
static inline int ccurl_epoll_control(int poller, int operation, int descriptor, uint32_t events, uint32_t tag) {
  struct epoll_event event = {.events = events, .data = {.u64 = (uint64_t)tag << 32 | (uint32_t)descriptor}};
  return epoll_ctl(poller, operation, descriptor, &event);
}
static inline int ccurl_epoll_wait(int poller, struct epoll_event *_Nonnull events, int capacity, int milliseconds) {
  return epoll_wait(poller, events, capacity, milliseconds);
}
// A timer that becomes readable at a moment of CLOCK_MONOTONIC, in nanoseconds; 0 is never. Setting it makes it quiet.
// In a file of their own: <time.h> from here would make its types this module's.
int ccurl_timer_create(void);
void ccurl_timer_set(int timer, int64_t moment);
static inline int ccurl_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
#endif
