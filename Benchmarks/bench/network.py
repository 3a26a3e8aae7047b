"""A loopback of our own with Linux's default congestion control.

BBR, which some machines have as their default, sends by timers: on loopback that halves what gets through and doubles the CPU of
everybody, and most of what would be measured were those timers.
"""
import ctypes
import fcntl
import os
import pathlib
import socket
import struct
import sys

CONTROL = pathlib.Path("/proc/sys/net/ipv4/tcp_congestion_control")
ALLOWED = pathlib.Path("/proc/sys/net/ipv4/tcp_allowed_congestion_control")
DEFAULT = "cubic"
CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def take():
    """Moves this process, and what it will start, into a network of its own where it may; else everything stays as it is."""
    now = CONTROL.read_text().strip()
    if now == DEFAULT:
        return
    try:
        enter()
    except OSError as error:
        # The header tells which it is, too.
        print(f"measuring with TCP {now}: a network with {DEFAULT} cannot be made ({error}), and ratios are others",
              file=sys.stderr)


def enter():
    """A new network takes only what the machine allows everybody, so the machine does for that moment; it keeps what it took."""
    before = ALLOWED.read_text()
    # Opened here: there it is the new network's, and cannot be written to.
    with ALLOWED.open("w") as allowed:
        allowed.write(f"{before.strip()} {DEFAULT}")
        allowed.flush()
        try:
            if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number))
            raise_loopback()
            CONTROL.write_text(DEFAULT)
        finally:
            allowed.seek(0)
            allowed.write(before)


def raise_loopback():
    """A new network begins with its loopback down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))
