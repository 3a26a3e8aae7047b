#pragma once
#include <stddef.h>

/// Raw deflate by zlib, for building gzip members and their faults in tests. `level` 0…9, `strategy` zlib's number (0
/// default, 2 Huffman only, 4 fixed codes). Returns the bytes written, 0 when `output` is too small.
size_t ctest_deflate(
    const void *input, size_t input_length, void *output, size_t output_length, int level, int strategy);

/// What zlib alone says of a whole raw deflate stream: bytes of input used, or -1 when it is bad, or -2 when it has no end.
long ctest_inflate(const void *input, size_t input_length);
