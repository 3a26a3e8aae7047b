#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Raw deflate (RFC 1951) decoders behind one opaque handle: zlib, which is the reference, and ISA-L where it is
/// installed (Linux on x86_64 and arm64). States live on the heap, because both libraries keep pointers into them and
/// ISA-L's is 85 KiB. No handle may be used by two threads at once, except as the source of `cinflate_copy`.
typedef struct cinflate_stream cinflate_stream;

typedef enum cinflate_engine {
  CINFLATE_ZLIB = 0,
  CINFLATE_ISAL = 1,
} cinflate_engine;

typedef enum cinflate_status {
  /// Wants more input or more room for output; `consumed` and `produced` say how far it came.
  CINFLATE_MORE = 0,
  /// The last block ended. `leftover` holds what was read past it.
  CINFLATE_END = 1,
  /// Not deflate data.
  CINFLATE_BAD = 2,
  CINFLATE_NO_MEMORY = 3,
} cinflate_status;

typedef struct cinflate_step_result {
  cinflate_status status;
  size_t consumed;
  size_t produced;
  /// Bytes of this or of earlier calls that were read past the end, first byte lowest; at most 8. They count as
  /// consumed.
  uint64_t leftover;
  uint32_t leftover_count;
} cinflate_step_result;

/// Whether `CINFLATE_ISAL` was compiled in.
bool cinflate_has_isal(void);

/// Heap bytes of a stream. Exact for ISA-L; for zlib the figure of zconf.h: a window of 32 KiB and about 7 KiB.
size_t cinflate_state_bytes(cinflate_engine engine);

/// NULL when memory is short or the engine was not compiled in.
cinflate_stream *cinflate_new(cinflate_engine engine);
void cinflate_free(cinflate_stream *stream);

/// Ready for a new deflate stream. False when it cannot be used any more.
bool cinflate_reset(cinflate_stream *stream);

/// Makes `to` the twin of `from`. Both are zlib's. Only reads `from`, so several threads may copy one at a time.
bool cinflate_copy(cinflate_stream *to, const cinflate_stream *from);

/// Decodes until input ends, output is full, or the data does. `input_length` is at most 1 MiB (ISA-L before 2.32.1
/// wraps near 4 GiB); longer input is taken up to there.
cinflate_step_result cinflate_step(
    cinflate_stream *stream, const void *input, size_t input_length, void *output, size_t output_length);

/// CRC-32 of gzip, from 0, continued from `crc`. `length` below 4 GiB.
uint32_t cinflate_crc32(uint32_t crc, const void *bytes, size_t length);

/// CRC-64 of ECMA-182. Without ISA-L, whose it is, 0.
uint64_t cinflate_crc64(const void *bytes, size_t length);

/// Asks for bytes that are read soon; waits for none.
void cinflate_prefetch(const void *bytes, size_t length);
