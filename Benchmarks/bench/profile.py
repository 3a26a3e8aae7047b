"""Where the CPU goes in a case that missed its bar: perf's samples of one more run of it, as a block that folds."""
import re
import signal
import subprocess
import shutil

RATE = 999
LEAST_PERCENT = 1.0
# Newer ones end a line with columns that are empty without hardware counters.
LINE = re.compile(r"^\s*(\d+\.\d+)%\s+\[([k.])\]\s+(.*?)(?:\s+-\s+-)?\s*$")


def works(children):
    """perf is there and may sample: containers and kernel.perf_event_paranoid often forbid it."""
    if not shutil.which("perf"):
        return "perf is not installed"
    file = children.folder / "perf.try"
    tried = subprocess.run(
        ["perf", "record", "-F", str(RATE), "-g", "-o", str(file), "--", "true"], capture_output=True, text=True,
        timeout=30, check=False)
    file.unlink(missing_ok=True)
    if tried.returncode == 0:
        return ""
    return "perf may not sample here: " + (tried.stderr.strip().splitlines() or ["no reason given"])[0]


class Recorder:
    """Samples running processes from `begin` on, or one program from its start; `end` returns the block."""

    def __init__(self, children, case):
        self.children, self.case = children, case
        self.file = children.folder / "perf.data"
        self.perf = None
        self.why_not = works(children)

    @property
    def command(self):
        return ["perf", "record", "-F", RATE, "-g", "-o", self.file]

    def begin(self, pids):
        if not self.why_not:
            self.perf = self.children.start([*self.command, "-p", ",".join(map(str, pids))])

    @property
    def prefix(self):
        """To stand before a program's words: who attaches while it starts may miss the threads that it begins with."""
        return [] if self.why_not else [*self.command, "--"]

    def end(self):
        if self.perf:
            # perf writes its file when it is interrupted; it may have ended with the process that it watched.
            self.children.stop(self.perf, signal.SIGINT)
        if self.why_not or not self.file.exists():
            return f"No profile of {self.case}: {self.why_not or 'perf wrote none'}.\n"
        report = subprocess.run(
            ["perf", "report", "-i", str(self.file), "--stdio", "--no-children", "-g", "none", "--sort", "symbol"],
            capture_output=True, text=True, errors="replace", timeout=120, check=False).stdout
        self.file.unlink()
        return folded(self.case, report)


def readable(names):
    """Swift's names as they are in the source, where the toolchain is at hand."""
    swift = shutil.which("swift")
    if not swift or not any(name.startswith("$s") for name in names):
        return names
    answer = subprocess.run(
        [swift, "demangle", "--compact", "--simplified"], input="\n".join(names) + "\n", capture_output=True, text=True,
        timeout=60, check=False)
    plain = answer.stdout.splitlines()
    return plain if len(plain) == len(names) else names


def folded(case, report):
    found = [match.groups() for match in map(LINE.match, report.splitlines()) if match]
    if not found:
        return f"No profile of {case}: perf took no sample.\n"
    kernel = sum(float(share) for share, where, _ in found if where == "k")
    user = sum(float(share) for share, where, _ in found if where == ".")
    top = [line for line in found if float(line[0]) >= LEAST_PERCENT]
    names = readable([name for _, _, name in top])
    lines = [
        f"{share:>6} %  {'kernel' if where == 'k' else 'user':6}  {name[:100]}"
        for (share, where, _), name in zip(top, names)]
    return (
        f"<details><summary>Profile of {case}: kernel {kernel:.0f} %, user {user:.0f} %</summary>\n\n"
        f"Self time from {LEAST_PERCENT:.0f} % on, {RATE} samples a second.\n\n"
        "```\n" + "\n".join(lines) + "\n```\n\n</details>\n")
