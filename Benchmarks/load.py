#!/usr/bin/env python3
"""make bench-load: gzload beside wrk, h2load, ab, hey, curl and k6. Read from top to bottom, this is the plan."""
import sys

from bench import command, loaders, loading, machine

FIGURES = {
    # gzload is to take at most 0.6 of wrk's and of h2load's CPU; ab, hey, curl and k6 are for information.
    "download": ("CPU a GiB, 8 MiB, c=8, bodies compared", loading.download_figure),
    # At most 0.5 of curl's.
    "full": ("CPU a compressed GiB, every body inflated, 8 MiB, c=8", loading.full_figure),
    # At most 1.6 of what no judging at all costs.
    "compare-over-off": ("what comparing adds to downloading, 8 MiB, c=8", loading.compare_figure),
    # At most 2.8 of wrk's and 0.8 of hey's; h2load and ab are for information.
    "requests": ("CPU a request, 1 KiB, c=64, bodies compared", loading.requests_figure),
    # At most 16 MiB.
    "memory": ("memory for 16 bodies of 64 MiB at once, every one inflated", loading.memory_figure),
}


def versions(bench):
    found = {"gzload": machine.ours(bench.bin, "gzload")}
    names = ["nginx", "wrk", "h2load", "ab", "hey", "curl"]
    found |= {name: machine.version(name) for name in names}
    binary = loaders.k6_program()
    return found | ({"k6": machine.version("k6", binary)} if binary else {})


if __name__ == "__main__":
    sys.exit(command.run("bench-load", __doc__.partition(": ")[2], FIGURES, versions, measured_first=False))
