"""A client of Lambda's Runtime API, on bare sockets: it can also do what no good client does."""
import os
import socket
import struct
import time
import urllib.parse

import wire

VERSION = "/2018-06-01/runtime"
PRELUDE = "application/vnd.awslambda.http-integration-response"
NULS = b"\0" * 8
# Nothing here waits longer, except for work: /next has no limit.
LIMIT = 30


def queues(here, there):
    """(bytes that wait here to be sent or acknowledged, bytes that wait there to be read), both ports being this machine's."""
    sent, unread = 0, 0
    with open("/proc/net/tcp") as table:
        for row in list(table)[1:]:
            words = row.split()
            ports = int(words[1][-4:], 16), int(words[2][-4:], 16)
            waiting = [int(part, 16) for part in words[4].split(":")]
            sent += waiting[0] if ports == (here, there) else 0
            unread += waiting[1] if ports == (there, here) else 0
    return sent, unread


class Patience:
    """With a supervisor that is gone or says no: it is asked again, but not as fast as it can refuse, and not for ever."""

    # Longer than any supervisor here takes to come back. A runtime whose test was killed ends by it.
    LIMIT = 60

    def __init__(self, step):
        self.step, self.since = step, None

    def renew(self):
        self.since = None

    def pause(self):
        now = time.monotonic()
        self.since = now if self.since is None else self.since
        if now - self.since > self.LIMIT:
            os._exit(1)
        # Neither a port that is listened on again nor a change of mind is told to anybody.
        time.sleep(self.step)


class RuntimeAPI:
    """One connection, opened again when it is gone."""

    def __init__(self, authority):
        parsed = urllib.parse.urlsplit(authority if "://" in authority else "http://" + authority)
        self.host, self.port, self.prefix = parsed.hostname, parsed.port or 80, parsed.path.rstrip("/")
        self.socket = None
        self.file = None

    def connect(self):
        if self.socket is None:
            self.socket = socket.create_connection((self.host, self.port), timeout=LIMIT)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.file = self.socket.makefile("rb")

    def close(self):
        if self.socket is not None:
            self.file.close()
            self.socket.close()
            self.socket = self.file = None

    def reset(self):
        """Ends the connection as a process that is killed with unread bytes does: RST, no FIN."""
        if self.socket is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close()

    def wait_until_read(self, limit=5):
        """Returns when the other side has read all that was sent, or the limit has passed: what it has not read yet would go
        with a reset.
        """
        here, there = self.socket.getsockname()[1], self.socket.getpeername()[1]
        end = time.monotonic() + limit
        while time.monotonic() < end and any(queues(here, there)):
            # Until the next look; the kernel tells when bytes may be sent, not when they were read.
            time.sleep(0.005)

    def finish_sending(self):
        """FIN, while answers can still be read."""
        self.socket.shutdown(socket.SHUT_WR)

    def send(self, data):
        self.socket.sendall(data)

    def head(self, method, path, fields):
        lines = [f"{method} {self.prefix}{path} HTTP/1.1", f"Host: {self.host}:{self.port}",
                 "User-Agent: scripted-runtime/1"]
        lines += [f"{name}: {value}" for name, value in fields]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def answer(self, waits=LIMIT):
        self.socket.settimeout(waits)
        try:
            return self.read_answer()
        except (ConnectionError, wire.Ended):
            self.close()
            raise
        finally:
            if self.socket is not None:
                self.socket.settimeout(LIMIT)

    def read_answer(self):
        answer = wire.read_response(self.file)
        if answer.cut:
            raise wire.Ended(answer.cut)
        if (answer.header("connection") or "").lower() == "close":
            self.close()
        return answer

    # What a runtime says.

    def next(self, waits=None):
        self.connect()
        self.head("GET", f"{VERSION}/invocation/next", [])
        return self.answer(waits)

    def post(self, path, body, fields=()):
        self.connect()
        self.head("POST", VERSION + path, [("Content-Length", len(body)), *fields])
        self.send(body)
        return self.answer()

    def post_chunked(self, path, pieces, fields=()):
        """A whole body in chunks, without streaming mode."""
        self.connect()
        self.head("POST", VERSION + path, [("Transfer-Encoding", "chunked"), *fields])
        for piece in pieces:
            self.chunk(piece)
        self.end()
        return self.answer()

    def begin_stream(self, request, fields=(), content_type=PRELUDE, mode="streaming"):
        self.connect()
        self.head("POST", f"{VERSION}/invocation/{request}/response", [
            ("Content-Type", content_type), ("Lambda-Runtime-Function-Response-Mode", mode),
            ("Transfer-Encoding", "chunked"),
            ("Trailer", "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body"), *fields])

    def chunk(self, data):
        if data:
            self.send(b"%x\r\n%s\r\n" % (len(data), data))

    def end(self, trailers=()):
        self.send(b"0\r\n" + b"".join(f"{n}: {v}\r\n".encode() for n, v in trailers) + b"\r\n")
