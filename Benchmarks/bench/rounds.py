"""Rounds, and what is read from them.

A machine's speed drifts by a third within minutes, so no number stands by itself: every round runs all the programs one
after the other (A B C, A B C, …), ratios are taken within a round, and their median counts.
"""
import statistics
import sys


def interleave(count, cases):
    """Calls every case once a round; cases are name → call. Returns name → results, one a round."""
    results = {name: [] for name in cases}
    for number in range(count):
        print(f"  round {number + 1} of {count}:", end="", file=sys.stderr, flush=True)
        for name, call in cases.items():
            print(f" {name}", end="", file=sys.stderr, flush=True)
            results[name].append(call())
        print(file=sys.stderr)
    return results


def ratios(ours, theirs):
    """Ours over theirs, round by round."""
    return [a / b for a, b in zip(ours, theirs)]


def median(values):
    return statistics.median(values)
