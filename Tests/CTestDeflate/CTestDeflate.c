#include "CTestDeflate.h"

#include <string.h>
#include <zlib.h>

size_t ctest_deflate(
    const void *input, size_t input_length, void *output, size_t output_length, int level, int strategy) {
  z_stream z;
  memset(&z, 0, sizeof z);
  if (deflateInit2(&z, level, Z_DEFLATED, -15, 8, strategy) != Z_OK) return 0;
  z.next_in = (Bytef *)input;
  z.avail_in = (uInt)input_length;
  z.next_out = output;
  z.avail_out = (uInt)output_length;
  int code = deflate(&z, Z_FINISH);
  size_t written = output_length - z.avail_out;
  deflateEnd(&z);
  return code == Z_STREAM_END ? written : 0;
}

long ctest_inflate(const void *input, size_t input_length) {
  unsigned char scratch[32768];
  z_stream z;
  memset(&z, 0, sizeof z);
  if (inflateInit2(&z, -15) != Z_OK) return -3;
  z.next_in = (Bytef *)input;
  z.avail_in = (uInt)input_length;
  int code;
  do {
    z.next_out = scratch;
    z.avail_out = sizeof scratch;
    code = inflate(&z, Z_NO_FLUSH);
  } while (code == Z_OK && (z.avail_in > 0 || z.avail_out == 0));
  long used = (long)(input_length - z.avail_in);
  inflateEnd(&z);
  if (code == Z_STREAM_END) return used;
  return code == Z_OK || code == Z_BUF_ERROR ? -2 : -1;
}
