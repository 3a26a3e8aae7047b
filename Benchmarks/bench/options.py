"""The command line, the same for both commands."""
import argparse
from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    rounds: int
    seconds: int
    figures: list
    quick: bool
    write: bool
    # As it was called, for the header of the results.
    words: list


def at_least_one(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("a number from 1 on is wanted")
    return number


def read(command, about, figures, words):
    """Options of `words`; ends the process with 2 on a wrong one, and with 0 after --help, --list and --only-check."""
    parser = argparse.ArgumentParser(prog=command, description=about, allow_abbrev=False)
    parser.add_argument("--rounds", type=at_least_one, metavar="N", help="rounds of every figure (5)")
    parser.add_argument("--seconds", type=at_least_one, metavar="S", help="length of one run (3)")
    parser.add_argument("--only", action="append", default=[], metavar="FIGURE[,…]", help="these figures and no others")
    parser.add_argument("--list", action="store_true", help="say which figures there are, and end")
    parser.add_argument("--quick", action="store_true", help="a smoke test: 2 rounds of 1 s, nothing is written")
    parser.add_argument("--no-write", action="store_true", help="print the tables, and leave RESULTS.md as it is")
    # The scripts ask with this before they install anything.
    parser.add_argument("--only-check", action="store_true", help=argparse.SUPPRESS)
    said = parser.parse_args(words)
    wanted = [name for item in said.only for name in item.split(",")]
    unknown = [name for name in wanted if name not in figures]
    if unknown:
        parser.error(f"--only {','.join(unknown)}: no such figure; there are {', '.join(figures)}")
    if said.list:
        print("\n".join(f"{name:18} {title}" for name, (title, _) in figures.items()))
    if said.list or said.only_check:
        parser.exit()
    return Options(
        rounds=said.rounds or (2 if said.quick else 5), seconds=said.seconds or (1 if said.quick else 3),
        figures=[name for name in figures if name in wanted or not wanted], quick=said.quick,
        write=not (said.no_write or said.quick), words=[word for word in words if word != "--only-check"])
