#pragma once

#include <stddef.h>
#include <stdint.h>

/// zlib behind typed doors: raw deflate in one call, CRC32, and a gunzip that says what is wrong with a body.
/// No state outlives a call, and every buffer is the caller's.

/// How many bytes `cdeflate_raw` can need at most for `count` bytes of input.
size_t cdeflate_raw_bound(size_t count);

/// Compresses `input` as raw deflate data that refers to nothing before it.
///
/// With `last` zero the data ends in a full flush: byte-aligned, more blocks may follow. Otherwise its last block is final.
/// Returns the number of bytes written, 0 when there is no memory or `output` is too small.
size_t cdeflate_raw(const uint8_t *input, size_t count, int last, uint8_t *output, size_t capacity);

/// The CRC32 of gzip (RFC 1952), continued from `crc`; 0 to begin with.
uint32_t cdeflate_crc32(uint32_t crc, const uint8_t *bytes, size_t count);

typedef enum {
  cdeflate_whole = 0,
  cdeflate_truncated = 1,
  cdeflate_bad_data = 2,
  cdeflate_bad_crc = 3,
  cdeflate_bad_length = 4,
  cdeflate_trailing = 5,
  cdeflate_no_memory = 6,
} cdeflate_verdict;

typedef struct {
  cdeflate_verdict verdict;
  /// Decoded bytes, also those beyond `capacity`, which are counted and checked but not stored.
  uint64_t produced;
  /// Input bytes up to the end of the last whole member.
  uint64_t consumed;
  uint64_t members;
} cdeflate_gunzip_result;

/// Inflates every member of a gzip body, checking CRC32 and ISIZE. How the tests prove what the origin makes.
cdeflate_gunzip_result cdeflate_gunzip(const uint8_t *input, size_t count, uint8_t *output, size_t capacity);
