#include "CDeflate.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

enum { raw_window = -15, gzip_window = 15 + 16, level = 6, memory_level = 8 };

// zlib counts in unsigned int; larger inputs go in steps of this many bytes.
static const size_t step = 1u << 30;

size_t cdeflate_raw_bound(size_t count) {
  // deflateBound's figure for the default window plus what a flush adds, without a stream to ask.
  return count + (count >> 12) + (count >> 14) + (count >> 25) + 64;
}

size_t cdeflate_raw(const uint8_t *input, size_t count, int last, uint8_t *output, size_t capacity) {
  if (count > UINT_MAX || capacity > UINT_MAX) return 0;
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  if (deflateInit2(&stream, level, Z_DEFLATED, raw_window, memory_level, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
  stream.next_in = (Bytef *)input;
  stream.avail_in = (uInt)count;
  stream.next_out = output;
  stream.avail_out = (uInt)capacity;
  int status = deflate(&stream, last ? Z_FINISH : Z_FULL_FLUSH);
  int done = last ? status == Z_STREAM_END : status == Z_OK && stream.avail_in == 0 && stream.avail_out > 0;
  size_t written = capacity - stream.avail_out;
  deflateEnd(&stream);
  return done ? written : 0;
}

uint32_t cdeflate_crc32(uint32_t crc, const uint8_t *bytes, size_t count) {
  uLong value = crc;
  while (count > 0) {
    size_t now = count < step ? count : step;
    value = crc32(value, bytes, (uInt)now);
    bytes += now;
    count -= now;
  }
  return (uint32_t)value;
}

static cdeflate_verdict verdict_of(const z_stream *stream, int status) {
  if (status == Z_MEM_ERROR) return cdeflate_no_memory;
  if (status == Z_BUF_ERROR || status == Z_OK) return cdeflate_truncated;
  if (stream->msg && strcmp(stream->msg, "incorrect data check") == 0) return cdeflate_bad_crc;
  if (stream->msg && strcmp(stream->msg, "incorrect length check") == 0) return cdeflate_bad_length;
  return cdeflate_bad_data;
}

// One member; `result` is advanced. Anything but cdeflate_whole ends the body.
static cdeflate_verdict gunzip_member(
    z_stream *stream, const uint8_t *input, size_t count, uint8_t *output, size_t capacity,
    cdeflate_gunzip_result *result) {
  uint8_t waste[16384];
  size_t offset = (size_t)result->consumed;
  for (;;) {
    size_t left = count - offset;
    stream->next_in = (Bytef *)(input + offset);
    stream->avail_in = (uInt)(left < step ? left : step);
    uInt offered = stream->avail_in;
    int stored = result->produced < capacity;
    size_t room = stored ? capacity - (size_t)result->produced : sizeof waste;
    stream->next_out = stored ? output + result->produced : waste;
    stream->avail_out = (uInt)(room < step ? room : step);
    uInt before = stream->avail_out;
    int status = inflate(stream, Z_NO_FLUSH);
    offset += offered - stream->avail_in;
    result->produced += before - stream->avail_out;
    if (status == Z_STREAM_END) {
      result->consumed = offset;
      result->members += 1;
      return cdeflate_whole;
    }
    if (status != Z_OK) return verdict_of(stream, status);
    if (offset == count && stream->avail_out > 0) return cdeflate_truncated;
  }
}

cdeflate_gunzip_result cdeflate_gunzip(const uint8_t *input, size_t count, uint8_t *output, size_t capacity) {
  cdeflate_gunzip_result result;
  memset(&result, 0, sizeof result);
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  if (inflateInit2(&stream, gzip_window) != Z_OK) {
    result.verdict = cdeflate_no_memory;
    return result;
  }
  do {
    if (result.members > 0) {
      if (count - result.consumed < 2 || input[result.consumed] != 0x1f || input[result.consumed + 1] != 0x8b) {
        result.verdict = cdeflate_trailing;
        break;
      }
      inflateReset(&stream);
    }
    result.verdict = gunzip_member(&stream, input, count, output, capacity, &result);
  } while (result.verdict == cdeflate_whole && result.consumed < count);
  inflateEnd(&stream);
  return result;
}
