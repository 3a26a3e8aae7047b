"""HTTP/1.1 as it is on the wire: strict where the libraries forgive, above all about where a body ends."""
import socket

LARGEST = 64 << 20


class Ended(Exception):
    """The peer closed the connection where a response was due."""


class Response:
    """`cut` says why the body is not whole; None is a body that ended as its framing says."""

    def __init__(self, status, headers, body=b"", cut=None):
        self.status, self.headers, self.body, self.cut = status, headers, body, cut

    def header(self, name):
        """The field's values, joined as its list syntax allows; None where there is none."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def __repr__(self):
        shown = self.body if len(self.body) <= 200 else self.body[:200] + b"..."
        return f"{self.status}, {len(self.body)} bytes {shown!r}" + (f", cut: {self.cut}" if self.cut else "")


def read_response(file, method="GET"):
    response = read_head(file)
    try:
        response.body, response.cut = read_body(file, response, method)
    except ConnectionResetError:
        response.cut = "reset"
    return response


def read_head(file):
    line = file.readline(65536)
    if not line:
        raise Ended("the connection was closed before a response")
    words = line.split(None, 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/1."):
        raise Ended(f"not a status line: {line[:100]!r}")
    headers = []
    while (field := file.readline(65536)) not in (b"\r\n", b"\n"):
        if not field.endswith(b"\n"):
            raise Ended("the connection was closed inside a response's head")
        name, _, value = field.partition(b":")
        headers.append((name.decode("latin-1"), value.strip().decode("latin-1")))
    return Response(int(words[1]), headers)


def read_body(file, response, method):
    if method == "HEAD" or response.status in (204, 304):
        return b"", None
    if (response.header("transfer-encoding") or "").lower() == "chunked":
        return read_chunked(file)
    length = response.header("content-length")
    if length is None:
        return file.read(LARGEST), None
    body = file.read(int(length))
    return body, None if len(body) == int(length) else f"{len(body)} of {length} bytes"


def read_chunked(file):
    pieces = []
    while True:
        line = file.readline(4096)
        if not line.endswith(b"\r\n"):
            return b"".join(pieces), "no last chunk"
        size = int(line.split(b";")[0], 16)
        if size == 0:
            break
        piece = file.read(size)
        pieces.append(piece)
        if len(piece) < size or file.read(2) != b"\r\n":
            return b"".join(pieces), "inside a chunk"
    while (line := file.readline(65536)) != b"\r\n":
        if not line.endswith(b"\n"):
            return b"".join(pieces), "after the last chunk, before the end of the trailers"
    return b"".join(pieces), None


def request(port, method, target, body=None, headers=(), timeout=60):
    """One request on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        lines = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + (body or b""))
        with connection.makefile("rb") as file:
            return read_response(file, method)
