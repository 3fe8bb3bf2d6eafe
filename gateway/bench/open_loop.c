/*
 * Sends HTTP/1.1 requests over keep-alive connections at a fixed rate and counts the time from when each should have
 * been sent, so that a server that makes requests wait cannot hide it. With rate 0, each connection sends its next
 * request when the answer to the last one is there. Loopback only, one minute at most.
 *
 * usage: open_loop PORT CONNECTIONS SECONDS RATE FILE     FILE: whole requests, separated by the byte 0x01
 * prints one line of JSON; times in microseconds; the first fifth of the time is not counted
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SEPARATOR = 1, MAX_ANSWER = 1 << 16, MAX_MICROS = 4 * 1000 * 1000, EVENTS = 256 };

typedef struct {
  int socket, busy, status;
  long long due; /* when the request in flight should have been sent, in nanoseconds */
  size_t length, needed;
  char answer[MAX_ANSWER];
} Connection;

static long long counts[MAX_MICROS];
static long long recorded, answered, refused, errors;
static char **requests;
static size_t *lengths, known, next_request;
static int port;

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void read_requests(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END)) die(path);
  long size = ftell(file);
  rewind(file);
  char *text = malloc((size_t)size + 1);
  if (!text || fread(text, 1, (size_t)size, file) != (size_t)size) die(path);
  text[size] = SEPARATOR;
  fclose(file);
  size_t count = 0;
  for (long i = 0; i <= size; i++) count += text[i] == SEPARATOR;
  requests = malloc(count * sizeof *requests);
  lengths = malloc(count * sizeof *lengths);
  if (!requests || !lengths) die("malloc");
  for (char *from = text; from < text + size;) {
    char *to = memchr(from, SEPARATOR, (size_t)(text + size + 1 - from));
    requests[known] = from;
    lengths[known++] = (size_t)(to - from);
    from = to + 1;
  }
}

static void connect_it(Connection *c, int poll, unsigned number) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  c->socket = socket(AF_INET, SOCK_STREAM, 0);
  if (c->socket < 0 || connect(c->socket, (struct sockaddr *)&address, sizeof address)) die("connect");
  int one = 1;
  setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(c->socket, F_SETFL, O_NONBLOCK);
  c->busy = 0;
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = number};
  if (epoll_ctl(poll, EPOLL_CTL_ADD, c->socket, &event)) die("epoll_ctl");
}

static void send_next(Connection *c, long long due) {
  c->busy = 1;
  c->due = due;
  c->length = c->needed = 0;
  if (write(c->socket, requests[next_request], lengths[next_request]) != (ssize_t)lengths[next_request]) errors++;
  next_request = next_request + 1 == known ? 0 : next_request + 1;
}

/* Whether the answer is complete. Chunked ones end with the last chunk, which no backend here has in its content. */
static int complete(Connection *c) {
  c->answer[c->length] = 0;
  if (!c->needed) {
    char *end = strstr(c->answer, "\r\n\r\n");
    if (!end) return 0;
    size_t head = (size_t)(end - c->answer) + 4;
    char *length = strcasestr(c->answer, "\r\ncontent-length:");
    char *chunked = strcasestr(c->answer, "\r\ntransfer-encoding: chunked");
    c->status = atoi(c->answer + 9);
    if (length && length < end) c->needed = head + (size_t)atol(length + 17);
    else if (!(chunked && chunked <= end)) c->needed = head;
    else return c->length >= head + 5 && !memcmp(c->answer + c->length - 5, "0\r\n\r\n", 5);
  }
  return c->length >= c->needed;
}

static void record(Connection *c, long long at) {
  long long micros = (at - c->due) / 1000;
  counts[micros < 0 ? 0 : micros >= MAX_MICROS ? MAX_MICROS - 1 : micros]++;
  recorded++;
}

static int percentile(double part) {
  long long wanted = (long long)((double)recorded * part), seen = 0;
  for (int i = 0; i < MAX_MICROS; i++)
    if ((seen += counts[i]) > wanted) return i;
  return 0;
}

int main(int count, char **arguments) {
  if (count != 7) {
    fprintf(stderr, "usage: open_loop PORT CONNECTIONS SECONDS RATE FILE FIRST\n");
    return 2;
  }
  port = atoi(arguments[1]);
  unsigned size = (unsigned)atoi(arguments[2]);
  double seconds = atof(arguments[3]), rate = atof(arguments[4]);
  if (seconds > 60) seconds = 60;
  read_requests(arguments[5]);
  if (known) next_request = (size_t)atoll(arguments[6]) % known;
  int poll = epoll_create1(0);
  Connection *connections = calloc(size, sizeof *connections);
  unsigned *idle = malloc(size * sizeof *idle), idles = 0;
  if (!connections || !idle || !known) die("nothing to send");
  for (unsigned i = 0; i < size; i++) connect_it(&connections[i], poll, i);

  long long begin = now(), end = begin + (long long)(seconds * 1e9);
  long long counted_from = begin + (long long)(seconds * 2e8);
  double gap = rate > 0 ? 1e9 / rate : 0;
  long long sent = 0; /* the next request is due at begin + sent * gap */
  for (unsigned i = 0; i < size; i++) {
    if (rate > 0) idle[idles++] = i;
    else send_next(&connections[i], now());
  }
  struct epoll_event events[EVENTS];
  for (long long at = now(); at < end; at = now()) {
    struct timespec wait = {0, 50000000};
    if (rate > 0) {
      while (idles && begin + (long long)((double)sent * gap) <= at) {
        send_next(&connections[idle[--idles]], begin + (long long)((double)sent * gap));
        sent++;
      }
      long long left = begin + (long long)((double)sent * gap) - now();
      if (idles && left < wait.tv_nsec) wait.tv_nsec = left < 0 ? 0 : left;
    }
    int ready = epoll_pwait2(poll, events, EVENTS, &wait, NULL);
    at = now();
    for (int i = 0; i < ready; i++) {
      unsigned number = events[i].data.u32;
      Connection *c = &connections[number];
      ssize_t got = read(c->socket, c->answer + c->length, sizeof c->answer - 1 - c->length);
      if (got < 0 && errno == EAGAIN) continue;
      int was_busy = c->busy;
      if (got <= 0) {
        if (++errors > 10000) die("too many connections were closed");
        close(c->socket);
        connect_it(c, poll, number);
      } else {
        c->length += (size_t)got;
        if (!was_busy || !complete(c)) continue;
        c->busy = 0;
        answered++;
        refused += c->status >= 400;
        if (at >= counted_from) record(c, at);
      }
      if (!was_busy) continue;
      if (rate > 0) idle[idles++] = number;
      else send_next(c, at);
    }
  }
  double took = (double)(now() - begin) / 1e9;
  long long unsent = rate > 0 ? (long long)(rate * took) - sent : 0;
  printf("{\"requests\": %lld, \"rps\": %.1f, \"refused\": %lld, \"errors\": %lld, \"unsent\": %lld, "
         "\"p50\": %d, \"p90\": %d, \"p99\": %d}\n",
         answered, (double)answered / took, refused, errors, unsent, percentile(.5), percentile(.9), percentile(.99));
  return 0;
}
