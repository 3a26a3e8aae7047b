#include "CDigest.h"

#include <limits.h>
#include <stdlib.h>

#ifdef __APPLE__

#include <CommonCrypto/CommonDigest.h>
#include <CommonCrypto/CommonHMAC.h>

struct cdigest_sha256 {
  CC_SHA256_CTX context;
};

cdigest_sha256 *cdigest_sha256_new(void) {
  cdigest_sha256 *hash = malloc(sizeof *hash);
  if (hash) CC_SHA256_Init(&hash->context);
  return hash;
}

cdigest_sha256 *cdigest_sha256_copy(const cdigest_sha256 *from) {
  cdigest_sha256 *hash = malloc(sizeof *hash);
  if (hash) *hash = *from;
  return hash;
}

void cdigest_sha256_free(cdigest_sha256 *hash) { free(hash); }

int cdigest_sha256_update(cdigest_sha256 *hash, const void *bytes, size_t count) {
  const uint8_t *next = bytes;
  while (count > 0) {
    CC_LONG piece = count > UINT_MAX ? UINT_MAX : (CC_LONG)count;
    CC_SHA256_Update(&hash->context, next, piece);
    next += piece;
    count -= piece;
  }
  return 1;
}

int cdigest_sha256_finish(cdigest_sha256 *hash, uint8_t *digest) {
  CC_SHA256_Final(digest, &hash->context);
  return 1;
}

int cdigest_hmac_sha256(const void *key, size_t key_count, const void *bytes, size_t count, uint8_t *digest) {
  CCHmac(kCCHmacAlgSHA256, key, key_count, bytes, count, digest);
  return 1;
}

#else

#include <openssl/evp.h>
#include <openssl/hmac.h>

// The context is OpenSSL's own; the struct is only its name here.
static EVP_MD_CTX *context(const cdigest_sha256 *hash) { return (EVP_MD_CTX *)hash; }

cdigest_sha256 *cdigest_sha256_new(void) {
  EVP_MD_CTX *made = EVP_MD_CTX_new();
  if (made && EVP_DigestInit_ex(made, EVP_sha256(), NULL) == 1) return (cdigest_sha256 *)made;
  EVP_MD_CTX_free(made);
  return NULL;
}

cdigest_sha256 *cdigest_sha256_copy(const cdigest_sha256 *from) {
  EVP_MD_CTX *made = EVP_MD_CTX_new();
  if (made && EVP_MD_CTX_copy_ex(made, context(from)) == 1) return (cdigest_sha256 *)made;
  EVP_MD_CTX_free(made);
  return NULL;
}

void cdigest_sha256_free(cdigest_sha256 *hash) { EVP_MD_CTX_free(context(hash)); }

int cdigest_sha256_update(cdigest_sha256 *hash, const void *bytes, size_t count) {
  return EVP_DigestUpdate(context(hash), bytes, count) == 1;
}

int cdigest_sha256_finish(cdigest_sha256 *hash, uint8_t *digest) {
  return EVP_DigestFinal_ex(context(hash), digest, NULL) == 1;
}

int cdigest_hmac_sha256(const void *key, size_t key_count, const void *bytes, size_t count, uint8_t *digest) {
  if (key_count > INT_MAX) return 0;
  return HMAC(EVP_sha256(), key, (int)key_count, bytes, count, digest, NULL) != NULL;
}

#endif
