#pragma once

#include <stddef.h>
#include <stdint.h>

/// The system's SHA-256 and HMAC-SHA256 behind typed doors: OpenSSL's libcrypto, which libcurl has loaded anyway, or CommonCrypto.
/// Every function that can fail says so; no pointer outlives its call but those of `cdigest_sha256`.

#define CDIGEST_SHA256_LENGTH 32

/// A hash under way. Owned by one thread at a time; copies may be taken by several.
typedef struct cdigest_sha256 cdigest_sha256;

/// Null without memory, and where the system's policy forbids SHA-256.
cdigest_sha256 *_Nullable cdigest_sha256_new(void);

/// A hash that goes on from the same bytes. Null without memory.
cdigest_sha256 *_Nullable cdigest_sha256_copy(const cdigest_sha256 *_Nonnull from);

void cdigest_sha256_free(cdigest_sha256 *_Nonnull hash);

/// 0 when it failed.
int cdigest_sha256_update(cdigest_sha256 *_Nonnull hash, const void *_Nullable bytes, size_t count);

/// Writes the digest and ends the hash, which may only be freed then. 0 when it failed.
int cdigest_sha256_finish(cdigest_sha256 *_Nonnull hash, uint8_t *_Nonnull digest);

/// Writes the HMAC-SHA256 (RFC 2104) of `bytes`. 0 when it failed.
int cdigest_hmac_sha256(
    const void *_Nonnull key, size_t key_count, const void *_Nonnull bytes, size_t count, uint8_t *_Nonnull digest);
