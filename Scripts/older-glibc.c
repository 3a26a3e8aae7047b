/* Linked into what Scripts/package-lambda.sh packs. glibc 2.35 gave hypot a new version, which reports errors in another way;
   Lambda has 2.34, and every glibc has the version before. What calls hypot gets that one. */
#if defined(__x86_64__)
#define BEFORE "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define BEFORE "GLIBC_2.17"
#else
#error "Lambda runs on x86_64 and on arm64"
#endif

double hypot_before(double x, double y);
float hypotf_before(float x, float y);
__asm__(".symver hypot_before, hypot@" BEFORE);
__asm__(".symver hypotf_before, hypotf@" BEFORE);

double hypot(double x, double y) { return hypot_before(x, y); }
float hypotf(float x, float y) { return hypotf_before(x, y); }
