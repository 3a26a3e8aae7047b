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

CONTROL = pathlib.Path("/proc/sys/net/ipv4/tcp_congestion_control")
DEFAULT = "cubic"
CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def take():
    """Moves this process, and what it will start, into a network of its own where it may; else everything stays as it is."""
    if CONTROL.read_text().strip() == DEFAULT or os.geteuid() != 0:
        return
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        return
    raise_loopback()
    try:
        CONTROL.write_text(DEFAULT)
    except OSError:
        # The header tells which it is.
        pass


def raise_loopback():
    """A new network begins with its loopback down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))
