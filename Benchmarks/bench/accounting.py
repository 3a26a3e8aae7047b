"""What processes cost: CPU in nanoseconds, memory, and what the kernel holds for TCP beside them."""
import os
import pathlib
import time

MIB = 1 << 20


def tree(pid):
    """The process and everything below it, as it is now."""
    children = {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # The name before it, in brackets, may hold anything.
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def cpu_seconds(pids):
    """User and system time of the processes.

    Read from their CPU clocks: the scheduler's nanoseconds, the same that /proc/PID/task/*/schedstat shows for each
    thread. A sum over those would go backwards when a thread ends, and pools of threads end some all the time.
    """
    total = 0
    for pid in pids:
        try:
            # clock_getcpuclockid(3) makes the name of a process's clock this way; 2 is the scheduler's.
            total += time.clock_gettime((~pid << 3) | 2)
        except OSError:
            continue
    return total


def memory(pids, field):
    """VmRSS or VmHWM of the processes, in bytes."""
    total = 0
    for pid in pids:
        try:
            lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))
    return total


def forget_peak(pids):
    """Lets VmHWM begin anew from what is resident now, so that a start-up's peak is not a run's."""
    for pid in pids:
        pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")


def tcp_memory():
    """Bytes in all TCP buffers of this machine: of both ends of every connection over loopback."""
    for line in pathlib.Path("/proc/net/sockstat").read_text().splitlines():
        if line.startswith("TCP:"):
            words = line.split()
            return int(words[words.index("mem") + 1]) * os.sysconf("SC_PAGE_SIZE")
    return 0
