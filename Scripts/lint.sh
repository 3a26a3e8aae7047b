#!/usr/bin/env bash
# The formatter's rules, without changing a file. To fix: swift format --in-place --recursive Sources Tests Benchmarks/Micro Package.swift
set -euo pipefail
cd "$(dirname "$0")/.."
swift format lint --strict --parallel --recursive Package.swift Sources Tests Benchmarks/Micro
