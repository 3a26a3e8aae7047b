"""Runs a runtime under the models of Lambda and tells, check by check, what it does right.

    cli.py [--model NAME]… [--check NAME]… [--] COMMAND…
    cli.py --self-check [--model NAME]…     the checks themselves: an honest runtime passes, every broken one fails
"""
import pathlib
import shutil
import sys
import tempfile

import conformance
import models
import processes

# What a runtime can do wrong, and the checks of which one must see it, with the model that is enough to see it.
BREAKS = [
    ("flip", "bytes_are_the_origins", "rie-classic"),
    ("coding-lost", "bytes_are_the_origins", "rie-classic"),
    ("seven-nuls", "bytes_are_the_origins", "rie-classic"),
    ("no-cookies", "bytes_are_the_origins", "rie-classic"),
    ("status-text", "bytes_are_the_origins", "rie-classic"),
    ("one-chunk", "bytes_are_the_origins", "cargo-lambda"),
    ("content-length", "prelude_has_no_framing", "rie-classic"),
    ("content-type", "runtime_names_its_content_type", "rie-managed"),
    ("cookie-in-headers", "cookies_are_a_list", "rie-classic"),
    ("hop-by-hop", "cookies_are_a_list", "rie-classic"),
    ("sentinel-everywhere", "head_has_no_body", "rie-classic"),
    ("sentinel-everywhere", "no_content_stays_without", "rie-classic"),
    ("always-sentinel", "empty_body_stays_empty", "rie-classic"),
    ("no-sentinel", "sentinel_is_one_byte", "rie-classic"),
    ("status", "statuses_pass", "rie-classic"),
    ("hello-forwarded", "hello_is_streamed", "rie-classic"),
    ("hello-at-once", "hello_comes_character_by_character", "cargo-lambda"),
    ("request-base64", "bodies_reach_the_upstream", "rie-classic"),
    ("double-encode", "load_balancer_events", "rie-classic"),
    ("health-forwarded", "health_checks_are_answered_here", "rie-classic"),
    ("both-framings", "length_and_chunked_is_refused", "rie-classic"),
    ("oversize", "oversize_is_refused_before_the_head", "rie-classic"),
    ("silent-init", "no_upstream_is_an_init_error", "rie-classic"),
    ("silent-init", "no_upstream_is_an_init_error", "rie-managed"),
    ("clean-end", "cut_by_trailers", "rie-managed"),
    ("error-type", "cut_by_trailers", "rie-managed"),
    ("clean-end", "cut_by_reset", "cargo-lambda"),
    ("ignores-403", "cut_by_reset", "rie-classic"),
    ("no-deadline", "stall_ends_before_the_deadline", "rie-classic"),
    ("no-deadline", "silence_ends_before_the_deadline", "rie-classic"),
    ("exit-on-refusal", "too_large_for_the_emulator", "rie-managed"),
    ("exit-on-refusal", "late_answer_is_no_end", "rie-managed"),
    ("one-worker-short", "sixty_four_at_once", "rie-managed"),
    ("worker-lost", "failures_cost_no_worker", "rie-managed"),
    ("crossed", "two_thousand_with_faults", "rie-managed"),
    ("no-trace", "trace_reaches_the_upstream", "rie-managed"),
    ("nameless-log", "log_lines_are_json_with_the_requests_id", "rie-managed"),
    ("one-id", "requests_have_their_own_ids", "rie-managed"),
    ("deaf-to-term", "term_ends_the_process", "cargo-lambda"),
    ("never-base64", "buffered_bodies_are_the_origins", "rie-classic"),
    ("one-shape", "buffered_shapes", "rie-classic"),
    ("buffered-ceiling", "buffered_ceiling_is_ours", "rie-classic"),
]

# What a runtime that holds whole bodies cannot pass; that it fails here was tried, and takes 2 GiB.
BEYOND = {"large_streams_in_little_memory"}


def origin():
    found = models.binaries() / "gzorigin"
    if not found.exists():
        sys.exit(f"lambda: {found} is not built; Scripts/build.sh builds it, GZ_BIN names another folder")
    return str(found)


def honest():
    """(command, folder to remove): the runtime where every user can read it."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="honest-"))
    folder.chmod(0o755)
    for name in ("honest.py", "honest_request.py", "runtime_api.py", "wire.py"):
        shutil.copy(models.HERE / name, folder)
        (folder / name).chmod(0o644)
    return [processes.python(), "-B", str(folder / "honest.py")], folder


def say(line):
    print(line, flush=True)


def self_check(names, wanted):
    command, folder = honest()
    try:
        every = {function.__name__ for function, _, _ in conformance.CHECKS}
        failed = conformance.run(command, origin(), names, (wanted or every) - BEYOND, report=say)
        unseen = []
        for mistake, name, model in BREAKS:
            if model not in names or wanted and name not in wanted:
                continue
            seen = conformance.run(command, origin(), [model], {name}, {"HONEST_BREAK": mistake}, report=lambda line: None)
            reason = next(iter(seen.values()), "").partition("\n")[0]
            say(f"{'PASS' if seen else 'FAIL'}  {model:13} {name} sees a runtime broken by {mistake}: {reason[:150]}")
            if not seen:
                unseen.append((model, f"{name} / {mistake}"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return [*failed, *unseen]


def main(arguments):
    names, wanted, own = [], set(), False
    while arguments and arguments[0].startswith("--"):
        option = arguments.pop(0)
        if option == "--":
            break
        if option == "--self-check":
            own = True
        elif option in ("--model", "--check") and arguments:
            (names.append if option == "--model" else wanted.add)(arguments.pop(0))
        else:
            sys.exit(__doc__)
    names = names or list(models.MODELS)
    known = {function.__name__ for function, _, _ in conformance.CHECKS}
    for name in [*set(names) - set(models.MODELS), *wanted - known]:
        sys.exit(f"lambda: no such model or check: {name}")
    if not own and not arguments:
        sys.exit(__doc__)
    failed = self_check(names, wanted) if own else list(conformance.run(arguments, origin(), names, wanted, report=say))
    say(f"{len(failed)} failed" + "".join(f"\n  {model}: {name}" for model, name in failed))
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except processes.Failed as failure:
        sys.exit(f"lambda: {failure}")
