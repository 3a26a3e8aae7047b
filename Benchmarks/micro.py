#!/usr/bin/env python3
"""make bench-micro: instructions and allocations of the hot operations, one by one, under callgrind.

Unlike time they come out the same on a busy machine, to a few in a thousand, so they are held to limits in `make test`:
micro-limits.tsv beside this file. What one operation costs is the difference between a run with few of them and one with more.

Usage: micro.py GZMICRO [--limits FILE] [--only NAME,NAME]
Exit 0: all within their limits. 1: one is not. 2: usage.
"""
import argparse
import concurrent.futures
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

FEW, MORE = 20, 220
# The doors to the heap. What is behind them (`_int_malloc`) is part of the instructions.
DOORS = {"malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc", "memalign"}


def fail(text, code=1):
    print(f"bench-micro: {text}", file=sys.stderr)
    sys.exit(code)


def counted(program, name, times, folder):
    """(instructions, calls to the allocator) of one run."""
    out = folder / f"{name}.{times}"
    # Hashes without a seed: tables with the same keys are then the same tables.
    run = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", program, name, str(times)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300,
        env=os.environ | {"SWIFT_DETERMINISTIC_HASHING": "1", "LC_ALL": "C"})
    if run.returncode != 0 or not out.exists():
        raise RuntimeError(f"{name}: valgrind ended with {run.returncode}:\n{run.stdout}")
    return instructions(out, name), allocations(out)


def instructions(path, name):
    with path.open() as lines:
        for line in lines:
            if line.startswith(("summary:", "totals:")):
                return int(line.split()[1])
    raise RuntimeError(f"{name}: callgrind wrote no sum")


def allocations(path):
    """Calls to the heap's doors. Names are written once (`(12) malloc`) and meant by their number from then on."""
    doors, callee, calls = set(), None, 0
    pattern = re.compile(r"c?fn=\((\d+)\)(?: (.*))?")
    with path.open() as lines:
        for line in lines:
            if match := pattern.match(line):
                number, called = match.group(1), match.group(2)
                if called and called.split("'")[0] in DOORS:
                    doors.add(number)
                if line.startswith("c"):
                    callee = number
            elif line.startswith("calls=") and callee in doors:
                calls += int(line[6:].split()[0])
    return calls


def cost(program, name, folder):
    few, more = (counted(program, name, times, folder) for times in (FEW, MORE))
    return tuple((after - before) / (MORE - FEW) for before, after in zip(few, more))


def read_limits(path):
    """name → (instructions, allocations): the most that one operation may cost."""
    limits = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            name, most, doors = line.split("\t")
            limits[name] = (float(most), float(doors))
    return limits


def stripped(program, folder):
    """valgrind 3.19 gives up on the debug information of today's compilers."""
    copy = folder / "gzmicro"
    shutil.copy(program, copy)
    subprocess.run(["strip", "--strip-debug", str(copy)], check=True)
    return str(copy)


def main():
    words = argparse.ArgumentParser(prog="micro.py")
    words.add_argument("program")
    words.add_argument("--limits", type=pathlib.Path, default=pathlib.Path(__file__).with_name("micro-limits.tsv"))
    words.add_argument("--only", help="names, with commas between them")
    given = words.parse_args()
    limits = read_limits(given.limits)
    listed = subprocess.run([given.program], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    whats = dict(line.split("\t") for line in listed)
    if unlimited := sorted(set(whats) ^ set(limits)):
        fail(f"in {given.limits.name} or in gzmicro, and not in both: {', '.join(unlimited)}")
    names = given.only.split(",") if given.only else list(whats)
    if unknown := [name for name in names if name not in whats]:
        fail(f"no such case: {', '.join(unknown)}; there are {', '.join(whats)}", code=2)

    with tempfile.TemporaryDirectory(prefix="gzmicro-") as text:
        folder = pathlib.Path(text)
        program = stripped(given.program, folder)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            costs = dict(zip(names, pool.map(lambda name: cost(program, name, folder), names)))

    missed = []
    # Another processor has other instructions for the same work.
    holds_instructions = platform.machine() == "x86_64"
    print(f"{'one operation':20} {'instructions':>13} {'limit':>10} {'allocations':>12} {'limit':>6}  what")
    for name in names:
        (used, doors), (most, most_doors) = costs[name], limits[name]
        is_over = (holds_instructions and used > most) or round(doors, 1) > most_doors
        if is_over:
            missed.append(name)
        print(f"{name:20} {used:13,.0f} {most:10,.0f} {doors:12.1f} {most_doors:6.1f}  {whats[name]}"
              + ("   OVER" if is_over else ""))
    if missed:
        fail(f"over its limit: {', '.join(missed)}. If that is what it has to cost, say so in {given.limits}")


if __name__ == "__main__":
    try:
        main()
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        fail(str(error))
