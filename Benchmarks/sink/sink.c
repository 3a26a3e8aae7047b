// A client that costs next to nothing, so that what is measured is what stands before it.
//
// N keep-alive connections ask for the same path for S seconds. Bodies with a Content-Length are discarded inside the
// kernel (recv with MSG_TRUNC copies nothing); chunked ones are read and followed chunk by chunk. Every response must
// be a 200 of the length that was said beforehand: anything else is an error, and whoever reads our line of JSON must
// then throw the run away. With --rate each connection reads that many bytes a second and no more.
//
// After S seconds no request is begun; bodies that run may end for --finish seconds more. Without that, what a proxy
// had already put into socket buffers would have cost it CPU and count for nothing, and large buffers would look dear.
//
// One thread, epoll, Linux. Every buffer is of fixed size and every write into one is bounded.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_LIMIT = 16384, BATCH = 256, READ_AT_ONCE = 1 << 20, TICK_MS = 5 };

enum phase {
  READING_HEAD, COUNTED_BODY,
  CHUNK_SIZE, CHUNK_EXTENSION, CHUNK_DATA, CHUNK_END, TRAILER_START, TRAILER_LINE
};

struct connection {
  int fd;                  // -1: closed
  enum phase phase;
  bool paused;             // Its share of --rate is used up.
  bool last;               // The response said Connection: close.
  bool any_digit;          // Of a chunk's size.
  size_t head_length;
  uint64_t left;           // Of the body, or of the chunk.
  uint64_t body;           // Bytes of this body so far.
  double share, share_at;  // Bytes that may be read now, as of when.
  char head[HEAD_LIMIT];
};

static struct {
  uint16_t port;
  const char *path;
  int connections;
  double seconds, finish, rate;
  bool has_length;
  uint64_t length;
} options = {.path = "/", .connections = 1, .seconds = 1};

static struct connection *all;
static int poller, still_open;
static bool ending;
static uint64_t bytes, requests, errors;
static const char *first_error = "";
static char scratch[READ_AT_ONCE];
static char request[8192];
static size_t request_length;

static void die(const char *what) {
  fprintf(stderr, "sink: %s: %s\n", what, strerror(errno));
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void give_up(struct connection *c) {
  if (c->fd < 0) return;
  close(c->fd);
  c->fd = -1;
  still_open--;
}

static void failed(struct connection *c, const char *why) {
  if (errors++ == 0) first_error = why;
  give_up(c);
}

static void watch(struct connection *c, uint32_t events, int operation) {
  struct epoll_event event = {.events = events, .data.ptr = c};
  if (epoll_ctl(poller, operation, c->fd, &event) != 0) die("epoll_ctl");
}

static void ask(struct connection *c) {
  c->phase = READING_HEAD;
  c->head_length = 0;
  c->body = 0;
  c->last = false;
  // The buffer of a socket on which nothing is under way takes a request of this size whole.
  if (send(c->fd, request, request_length, MSG_NOSIGNAL) != (ssize_t)request_length) failed(c, "request not sent");
}

static void open_socket(struct connection *c) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(options.port),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int one = 1;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (c->fd < 0) die("socket");
  still_open++;
  if (connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0) die("connect");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (fcntl(c->fd, F_SETFL, O_NONBLOCK) != 0) die("fcntl");
  watch(c, c->paused ? 0 : EPOLLIN, EPOLL_CTL_ADD);
}

static void body_ended(struct connection *c) {
  if (options.has_length && c->body != options.length) {
    failed(c, "body of another length");
    return;
  }
  requests++;
  if (ending) {
    give_up(c);
    return;
  }
  if (c->last) {
    give_up(c);
    open_socket(c);
  }
  ask(c);
}

// The value of a field of the head, which ends with a NUL; NULL where there is none of this name.
static const char *field(const char *head, const char *name) {
  size_t length = strlen(name);
  for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line, "\r\n")) {
    line += 2;
    if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
      const char *value = line + length + 1;
      while (*value == ' ' || *value == '\t') value++;
      return value;
    }
  }
  return NULL;
}

static int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

static bool end_of_line(struct connection *c) {
  if (!c->any_digit) {
    failed(c, "chunk without a size");
    return false;
  }
  c->phase = c->left > 0 ? CHUNK_DATA : TRAILER_START;
  return true;
}

// One byte of a chunk's size; false: the connection is given up.
static bool size_byte(struct connection *c, char byte) {
  int digit = hex(byte);
  if (digit >= 0) {
    if (c->left > (UINT64_MAX >> 4)) {
      failed(c, "chunk too large");
      return false;
    }
    c->left = c->left << 4 | (uint64_t)digit;
    c->any_digit = true;
    return true;
  }
  if (byte == '\n') return end_of_line(c);
  if (byte == '\r' || byte == ';' || byte == ' ' || byte == '\t') {
    c->phase = CHUNK_EXTENSION;
    return true;
  }
  failed(c, "chunk size is no number");
  return false;
}

static void next_chunk(struct connection *c) {
  c->phase = CHUNK_SIZE;
  c->left = 0;
  c->any_digit = false;
}

static void feed_chunked(struct connection *c, const char *data, size_t count) {
  const char *end = data + count;
  while (data < end) {
    if (c->phase == CHUNK_DATA) {
      size_t piece = (size_t)(end - data);
      if (piece > c->left) piece = (size_t)c->left;
      data += piece;
      c->left -= piece;
      c->body += piece;
      bytes += piece;
      if (c->left == 0) c->phase = CHUNK_END;
      continue;
    }
    char byte = *data++;
    switch (c->phase) {
    case CHUNK_SIZE:
      if (!size_byte(c, byte)) return;
      break;
    case CHUNK_EXTENSION:
      if (byte == '\n' && !end_of_line(c)) return;
      break;
    case CHUNK_END:
      if (byte == '\n') next_chunk(c);
      else if (byte != '\r') { failed(c, "chunk longer than its size"); return; }
      break;
    case TRAILER_START:
      if (byte == '\n') {
        if (data < end) { failed(c, "bytes after the body"); return; }
        body_ended(c);
        return;
      }
      if (byte != '\r') c->phase = TRAILER_LINE;
      break;
    case TRAILER_LINE:
      if (byte == '\n') c->phase = TRAILER_START;
      break;
    default:
      return;
    }
  }
}

static void feed_counted(struct connection *c, size_t count) {
  if (count > c->left) {
    failed(c, "bytes after the body");
    return;
  }
  c->left -= count;
  c->body += count;
  bytes += count;
  if (c->left == 0) body_ended(c);
}

static void head_ended(struct connection *c, size_t head_length) {
  const char *rest = c->head + head_length;
  size_t count = c->head_length - head_length;
  c->head[head_length - 1] = 0;
  if (strncmp(c->head, "HTTP/1.1 200", 12) != 0) {
    failed(c, "status is not 200");
    return;
  }
  const char *connection = field(c->head, "Connection");
  c->last = connection != NULL && strncasecmp(connection, "close", 5) == 0;
  const char *coding = field(c->head, "Transfer-Encoding");
  if (coding != NULL) {
    if (strncasecmp(coding, "chunked", 7) != 0) {
      failed(c, "transfer coding is not chunked");
      return;
    }
    next_chunk(c);
    feed_chunked(c, rest, count);
    return;
  }
  const char *length = field(c->head, "Content-Length");
  if (length == NULL || *length < '0' || *length > '9') {
    failed(c, "neither a length nor chunked");
    return;
  }
  c->left = strtoull(length, NULL, 10);
  c->phase = COUNTED_BODY;
  feed_counted(c, count);
}

static size_t allowed(struct connection *c, double t) {
  if (options.rate <= 0) return READ_AT_ONCE;
  // A reader that was away for a while does not catch up with more than half a second at once.
  double most = options.rate / 2 > 4096 ? options.rate / 2 : 4096;
  c->share += (t - c->share_at) * options.rate;
  c->share_at = t;
  if (c->share > most) c->share = most;
  return c->share < 1 ? 0 : c->share < READ_AT_ONCE ? (size_t)c->share : READ_AT_ONCE;
}

static void pause_if_used_up(struct connection *c, size_t used) {
  if (options.rate <= 0 || c->fd < 0) return;
  c->share -= (double)used;
  if (c->share >= 1) return;
  c->paused = true;
  watch(c, 0, EPOLL_CTL_MOD);
}

static void readable(struct connection *c, double t) {
  size_t most = allowed(c, t);
  if (most == 0) {
    pause_if_used_up(c, 0);
    return;
  }
  bool head = c->phase == READING_HEAD, counted = c->phase == COUNTED_BODY;
  char *into = head ? c->head + c->head_length : scratch;
  size_t room = head ? HEAD_LIMIT - 1 - c->head_length : sizeof scratch;
  // Not beyond this body's end: what MSG_TRUNC drops cannot be looked at.
  if (counted && room > c->left) room = (size_t)c->left;
  if (room > most) room = most;
  ssize_t got = recv(c->fd, into, room, counted ? MSG_TRUNC : 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    failed(c, got == 0 ? "connection closed early" : "connection reset");
    return;
  }
  pause_if_used_up(c, (size_t)got);
  if (counted) {
    feed_counted(c, (size_t)got);
  } else if (!head) {
    feed_chunked(c, scratch, (size_t)got);
  } else {
    c->head_length += (size_t)got;
    c->head[c->head_length] = 0;
    const char *end = memmem(c->head, c->head_length, "\r\n\r\n", 4);
    if (end != NULL) head_ended(c, (size_t)(end - c->head) + 4);
    else if (c->head_length == HEAD_LIMIT - 1) failed(c, "head too long");
  }
}

static void wake_rested(double t) {
  for (int i = 0; i < options.connections; i++) {
    struct connection *c = &all[i];
    // A few kilobytes at a time: a wake-up for every byte would make the reader dear, and its packets odd.
    if (c->fd < 0 || !c->paused || allowed(c, t) < 4096) continue;
    c->paused = false;
    watch(c, EPOLLIN, EPOLL_CTL_MOD);
  }
}

static void run(double until) {
  struct epoll_event ready[BATCH];
  for (double t = now(); t < until && still_open > 0; t = now()) {
    int wait = (int)((until - t) * 1000) + 1;
    if (options.rate > 0 && wait > TICK_MS) wait = TICK_MS;
    int count = epoll_wait(poller, ready, BATCH, wait);
    if (count < 0 && errno != EINTR) die("epoll_wait");
    t = now();
    if (options.rate > 0) wake_rested(t);
    for (int i = 0; i < count; i++) {
      struct connection *c = ready[i].data.ptr;
      if (c->fd >= 0 && !(c->paused && !(ready[i].events & (EPOLLHUP | EPOLLERR)))) readable(c, t);
    }
  }
}

// No request is begun from here on. A connection whose body is complete would only be idle, so none is.
static void finish(double start) {
  ending = true;
  if (options.finish > 0) run(start + options.seconds + options.finish);
}

static double number(const char *text, const char *name, double least, double most) {
  char *end;
  double value = strtod(text, &end);
  if (end == text || *end != 0 || !(value >= least && value <= most)) {
    fprintf(stderr, "sink: --%s %s: a number from %.0f to %.0f is wanted\n", name, text, least, most);
    exit(2);
  }
  return value;
}

static void read_options(int count, char **words) {
  static const struct option known[] = {
      {"port", required_argument, NULL, 'p'},    {"path", required_argument, NULL, 'u'},
      {"connections", required_argument, NULL, 'c'}, {"seconds", required_argument, NULL, 's'},
      {"finish", required_argument, NULL, 'f'},  {"rate", required_argument, NULL, 'r'},
      {"length", required_argument, NULL, 'l'},  {NULL, 0, NULL, 0}};
  for (int found; (found = getopt_long(count, words, "", known, NULL)) != -1;) {
    switch (found) {
    case 'p': options.port = (uint16_t)number(optarg, "port", 1, 65535); break;
    case 'u': options.path = optarg; break;
    case 'c': options.connections = (int)number(optarg, "connections", 1, 1 << 20); break;
    case 's': options.seconds = number(optarg, "seconds", 0, 86400); break;
    case 'f': options.finish = number(optarg, "finish", 0, 86400); break;
    case 'r': options.rate = number(optarg, "rate", 1, 1e12); break;
    case 'l':
      options.length = (uint64_t)number(optarg, "length", 0, 1e15);
      options.has_length = true;
      break;
    default: exit(2);
    }
  }
  if (options.port == 0 || optind != count) {
    fprintf(stderr, "usage: sink --port N [--path /P] [--connections N] [--seconds S] [--finish S] [--rate BYTES] "
                    "[--length BYTES]\n");
    exit(2);
  }
}

static void write_request(void) {
  int length = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAccept-Encoding: gzip\r\nUser-Agent: sink\r\n\r\n",
                        options.path, (unsigned)options.port);
  if (length < 0 || (size_t)length >= sizeof request) {
    fprintf(stderr, "sink: --path is too long\n");
    exit(2);
  }
  request_length = (size_t)length;
}

int main(int count, char **words) {
  read_options(count, words);
  write_request();
  struct rlimit descriptors;
  if (getrlimit(RLIMIT_NOFILE, &descriptors) == 0) {
    descriptors.rlim_cur = descriptors.rlim_max;
    setrlimit(RLIMIT_NOFILE, &descriptors);
  }
  poller = epoll_create1(EPOLL_CLOEXEC);
  all = calloc((size_t)options.connections, sizeof *all);
  if (poller < 0 || all == NULL) die("start");
  // Connected first: the time is that of bodies.
  for (int i = 0; i < options.connections; i++) open_socket(&all[i]);
  double start = now();
  for (int i = 0; i < options.connections; i++) {
    all[i].share_at = start;
    ask(&all[i]);
  }
  run(start + options.seconds);
  finish(start);
  double seconds = now() - start;
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
               (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
  printf("{\"seconds\":%.6f,\"bytes\":%" PRIu64 ",\"requests\":%" PRIu64
         ",\"errors\":%" PRIu64 ",\"first_error\":\"%s\",\"cpu_seconds\":%.6f}\n",
         seconds, bytes, requests, errors, first_error, cpu);
  return 0;
}
