"""gztop as a terminal sees it. Arguments are names of checks (default: all)."""

import concurrent.futures
import sys
import time

import checks_control
import checks_showing
import checks_terminal
import checks_views

MODULES = (checks_terminal, checks_views, checks_control, checks_showing)
# What loads the machine by itself, or measures: one after the other, behind all others.
ALONE = ("many", "bytes", "drawing")
# What takes long goes first, so that nothing is waited for alone.
LONG = ("types", "keys", "memory", "over_menus")


def main(names):
    checks = {name.removeprefix("check_"): value for module in MODULES for name, value in vars(module).items() if name.startswith("check_")}
    unknown = [name for name in names if name not in checks]
    if unknown:
        sys.exit(f"terminal: no check is called {', '.join(unknown)}; there are {', '.join(checks)}")
    wanted = sorted(names or checks, key=lambda name: name not in LONG)
    began, failed = time.monotonic(), []

    def run(name):
        since = time.monotonic()
        try:
            return name, checks[name]() or "", None, time.monotonic() - since
        except Exception as error:
            return name, "", f"{type(error).__name__}: {error}", time.monotonic() - since

    def tell(result):
        name, said, error, took = result
        print(f"{'not ok' if error else 'ok'} {name} {took:.1f} s {said}", flush=True)
        if error:
            failed.append(name)
            print("  " + error.replace("\n", "\n  "), flush=True)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for future in concurrent.futures.as_completed([pool.submit(run, name) for name in wanted if name not in ALONE]):
            tell(future.result())
    for name in wanted:
        if name in ALONE:
            tell(run(name))
    print(f"terminal: {len(wanted) - len(failed)} of {len(wanted)} checks passed in {time.monotonic() - began:.0f} s")
    if failed:
        sys.exit(f"terminal: failed: {', '.join(failed)}")


if __name__ == "__main__":
    main(sys.argv[1:])
