// Most of it is inline in the header; what is not has a file of its own.
#include "CCurl.h"
