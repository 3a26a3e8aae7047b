# The flags of the one build, for whoever builds or runs what it built (sourced). Other flags would build everything anew.
# -enable-testing: the same objects serve the products and the tests (decision 004). Exclusivity is checked by the compiler;
# checking it once more at run time costs a fifth of a small request (decision 027). The fuzzers' build keeps the checks.
swift_flags=(-c release -Xswiftc -enable-testing -Xswiftc -enforce-exclusivity=unchecked
  --explicit-target-dependency-import-check error)
# With such a build the microbenchmarks can be built too (Package.swift). Not GZTOP_…: gztop takes those for its options.
export GZMICRO=1
