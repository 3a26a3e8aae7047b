/* Linked into what Scripts/package-lambda.sh packs, for machines whose glibc is newer than Lambda's 2.34: what would otherwise be
   asked of it in a version it does not have. gzproxy calls none of them; Swift's Foundation and libstdc++ bring the names along. */
#include <sys/random.h>

/* New versions since 2.35. Wider numbers cannot overflow in between. */
double hypot(double x, double y) {
  if (__builtin_isinf(x) || __builtin_isinf(y)) return __builtin_inf();
  return (double)__builtin_sqrtl((long double)x * x + (long double)y * y);
}

float hypotf(float x, float y) {
  if (__builtin_isinf(x) || __builtin_isinf(y)) return __builtin_inff();
  return (float)__builtin_sqrt((double)x * x + (double)y * y);
}

/* New in 2.36. */
unsigned int arc4random(void) {
  unsigned int value;
  while (getrandom(&value, sizeof value, 0) != sizeof value) {
  }
  return value;
}
