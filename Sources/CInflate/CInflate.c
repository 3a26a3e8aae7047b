#include "CInflate.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
#if __has_include(<isa-l.h>)
#include <isa-l.h>
#define CINFLATE_WITH_ISAL 1
#elif __has_include(<isa-l/igzip_lib.h>)
#include <isa-l/crc.h>
#include <isa-l/crc64.h>
#include <isa-l/igzip_lib.h>
#define CINFLATE_WITH_ISAL 1
#endif
#endif

enum { maximum_input = 1 << 20, maximum_output = 1 << 20 };

_Static_assert(sizeof(uInt) >= 4, "zlib counts the bytes of a call in uInt");
_Static_assert(maximum_input <= UINT_MAX / 2, "a call's input fits every counter of either library");

struct cinflate_stream {
  cinflate_engine engine;
  /// Whether `zlib` holds a live state.
  bool live;
  z_stream zlib;
#if CINFLATE_WITH_ISAL
  struct inflate_state *isal;
#endif
};

#if CINFLATE_WITH_ISAL
_Static_assert(sizeof(struct inflate_state) < 100 * 1024, "a validating stream may hold 100 KiB");
_Static_assert(sizeof(((struct inflate_state *)0)->read_in) == 8, "at most 8 bytes are read ahead");
_Static_assert(ISAL_DECOMP_OK == 0 && ISAL_INVALID_BLOCK < 0, "negative results are errors");
#endif

bool cinflate_has_isal(void) {
#if CINFLATE_WITH_ISAL
  return true;
#else
  return false;
#endif
}

size_t cinflate_state_bytes(cinflate_engine engine) {
#if CINFLATE_WITH_ISAL
  if (engine == CINFLATE_ISAL) return sizeof(struct cinflate_stream) + sizeof(struct inflate_state);
#endif
  (void)engine;
  return sizeof(struct cinflate_stream) + (32 + 7) * 1024;
}

static bool start_zlib(cinflate_stream *stream) {
  memset(&stream->zlib, 0, sizeof stream->zlib);
  stream->live = inflateInit2(&stream->zlib, -MAX_WBITS) == Z_OK;
  return stream->live;
}

cinflate_stream *cinflate_new(cinflate_engine engine) {
  cinflate_stream *stream = calloc(1, sizeof *stream);
  if (!stream) return NULL;
  stream->engine = engine;
  bool started = false;
  if (engine == CINFLATE_ZLIB) started = start_zlib(stream);
#if CINFLATE_WITH_ISAL
  if (engine == CINFLATE_ISAL) {
    stream->isal = malloc(sizeof *stream->isal);
    started = stream->isal != NULL;
    if (started) isal_inflate_init(stream->isal);
  }
#endif
  if (started) return stream;
  cinflate_free(stream);
  return NULL;
}

void cinflate_free(cinflate_stream *stream) {
  if (!stream) return;
  if (stream->live) inflateEnd(&stream->zlib);
#if CINFLATE_WITH_ISAL
  free(stream->isal);
#endif
  free(stream);
}

bool cinflate_reset(cinflate_stream *stream) {
#if CINFLATE_WITH_ISAL
  if (stream->engine == CINFLATE_ISAL) {
    isal_inflate_reset(stream->isal);
    return true;
  }
#endif
  if (!stream->live) return start_zlib(stream);
  return inflateReset(&stream->zlib) == Z_OK;
}

bool cinflate_copy(cinflate_stream *to, const cinflate_stream *from) {
  if (to->engine != CINFLATE_ZLIB || from->engine != CINFLATE_ZLIB || !from->live) return false;
  if (to->live) inflateEnd(&to->zlib);
  // inflateCopy reads its source only; its signature is older than const.
  to->live = inflateCopy(&to->zlib, (z_streamp)&from->zlib) == Z_OK;
  return to->live;
}

static cinflate_step_result step_zlib(
    cinflate_stream *stream, const void *input, size_t input_length, void *output, size_t output_length) {
  cinflate_step_result result = {.status = CINFLATE_NO_MEMORY};
  if (!stream->live) return result;
  z_stream *zlib = &stream->zlib;
  zlib->next_in = (Bytef *)input;
  zlib->avail_in = (uInt)input_length;
  zlib->next_out = output;
  zlib->avail_out = (uInt)output_length;
  int code = inflate(zlib, Z_NO_FLUSH);
  result.consumed = input_length - zlib->avail_in;
  result.produced = output_length - zlib->avail_out;
  zlib->next_in = NULL;
  zlib->next_out = NULL;
  switch (code) {
    case Z_OK:
    case Z_BUF_ERROR: result.status = CINFLATE_MORE; break;
    case Z_STREAM_END: result.status = CINFLATE_END; break;
    case Z_MEM_ERROR: result.status = CINFLATE_NO_MEMORY; break;
    default: result.status = CINFLATE_BAD; break;
  }
  return result;
}

#if CINFLATE_WITH_ISAL
static cinflate_step_result step_isal(
    struct inflate_state *isal, const void *input, size_t input_length, void *output, size_t output_length) {
  cinflate_step_result result = {.status = CINFLATE_MORE};
  isal->next_in = (uint8_t *)input;
  isal->avail_in = (uint32_t)input_length;
  isal->next_out = output;
  isal->avail_out = (uint32_t)output_length;
  int code = isal_inflate(isal);
  // With an error ISA-L leaves avail_in past either end at times (seen with 2.30: invalid look-back).
  result.consumed = isal->avail_in <= input_length ? input_length - isal->avail_in : input_length;
  result.produced = isal->avail_out <= output_length ? output_length - isal->avail_out : 0;
  isal->next_in = NULL;
  isal->next_out = NULL;
  if (code < 0 || code == ISAL_NEED_DICT) {
    result.status = CINFLATE_BAD;
  } else if (isal->block_state == ISAL_BLOCK_FINISH) {
    result.status = CINFLATE_END;
    if (isal->read_in_length > 0) {
      // The odd bits before a byte boundary are the padding of the last deflate byte.
      result.leftover = isal->read_in >> (isal->read_in_length % 8);
      result.leftover_count = (uint32_t)isal->read_in_length / 8;
    }
  }
  return result;
}
#endif

cinflate_step_result cinflate_step(
    cinflate_stream *stream, const void *input, size_t input_length, void *output, size_t output_length) {
  if (input_length > maximum_input) input_length = maximum_input;
  if (output_length > maximum_output) output_length = maximum_output;
#if CINFLATE_WITH_ISAL
  if (stream->engine == CINFLATE_ISAL) return step_isal(stream->isal, input, input_length, output, output_length);
#endif
  return step_zlib(stream, input, input_length, output, output_length);
}

uint32_t cinflate_crc32(uint32_t crc, const void *bytes, size_t length) {
#if CINFLATE_WITH_ISAL
  return crc32_gzip_refl(crc, bytes, length);
#else
  return (uint32_t)crc32(crc, bytes, (uInt)length);
#endif
}

uint64_t cinflate_crc64(const void *bytes, size_t length) {
#if CINFLATE_WITH_ISAL
  return crc64_ecma_refl(0, bytes, length);
#else
  (void)bytes;
  (void)length;
  return 0;
#endif
}

void cinflate_prefetch(const void *bytes, size_t length) {
  const size_t line = 64;
  for (size_t at = 0; at < length; at += line) __builtin_prefetch((const char *)bytes + at);
}
