"""A server whose headers are written against terminals. Run: hostile.py, prints its port, ends with its input."""

import gzip
import socketserver
import sys
import threading

BODY = gzip.compress(b"[1,2,3]" * 1000)
VALUES = [
    b"\x1b]0;owned\x07",
    b"\x1b[2J\x1b[31mred",
    b"\x9b31m\x9d0;owned\x9c",
    b"\xc2\x9b31m\xc2\x9d0;owned\xc2\x9c",
    b"\xff\xfe\x80\xc0\xaf\xed\xa0\x80",
    "漢字🙂漢字".encode() * 20,
    "\u202eabc\u2066def\u200f\u061c".encode(),
    b"e" + "\u0301".encode() * 2000,
    b"\x07\x08\x7f\x0e\x0f\x05",
    b"\x1bP+q544e\x1b\\\x1b_G\x1b\\",
    b"y" * 30_000,
]
NAMES = [b"x-request-id", b"x-gzproxy-instance", b"server", b"etag", b"via", b"proxy-status", b"content-type", b"x-amzn-requestid"]


class Handler(socketserver.StreamRequestHandler):
    served = 0
    lock = threading.Lock()

    def handle(self):
        while self.rfile.readline(65537) not in (b"\r\n", b""):
            pass
        with Handler.lock:
            number, Handler.served = Handler.served, Handler.served + 1
        value = VALUES[number % len(VALUES)]
        lines = [b"HTTP/1.1 200 \x1b]0;owned\x07" if number % 5 == 4 else b"HTTP/1.1 200 OK"]
        lines += [name + b": " + value for name in NAMES]
        if number % 3 == 0:
            lines.append(b"n" * 65536 + b": 1")
        lines += [b"Content-Encoding: gzip", b"Content-Length: %d" % len(BODY), b"Connection: close"]
        # Some bodies are not whole: failures are what is shown at length.
        body = BODY[: len(BODY) // 2] if number % 4 == 1 else BODY
        try:
            self.wfile.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        except OSError:
            pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
