"""What a response really is, read byte by byte from a socket and inflated with zlib: no HTTP library, and nothing of gzload's,
stands between the origin and this judgement."""
import base64
import binascii
import re
import socket
import time
import zlib
from dataclasses import dataclass

# A body is at most this long, and a whole response takes at most this many seconds: what is read here is a test's.
BODY_LIMIT, TIME_LIMIT = 64 << 20, 60.0

# What HTTP and gzip say of a response, in words, and the names that gzload's report has for the same.
TRANSPORT = {
    "complete": "", "cut": "connection closed before the end", "reset": "connection reset before the end",
    "stalled": "silence before the end", "protocol_error": "two lengths that contradict each other",
}
GZIP = {
    "valid": "", "truncated": "gzip without its end", "corrupt_crc": "gzip whose CRC32 is another",
    "corrupt_length": "gzip whose length is another", "corrupt_data": "gzip that cannot be inflated",
    "not_gzip": "said to be gzip, and is not", "trailing_data": "bytes after the gzip",
    "decoded_on_the_way": "gunzipped on the way", "base64_text": "gzip as base64 text",
    "empty": "nothing in the body's place", "prelude_leaked": "a prelude of JSON before the gzip", "in_band_error": "an error text in the gzip's place",
    }


@dataclass(frozen=True)
class Truth:
    """What a client that looks at everything finds."""
    status: int
    transport: str
    gzip: str

    @property
    def whole(self):
        return self.status < 400 and self.transport == "complete" and self.gzip == "valid"

    @property
    def words(self):
        if self.status >= 400:
            return f"an error page, {self.status}"
        found = [text for text in (GZIP[self.gzip], TRANSPORT[self.transport]) if text]
        return ", ".join(found) or "whole"


class Undecided(Exception):
    """A response about which these rules say nothing."""


class Refused(Exception):
    """The origin has no such combination of framing and fault."""


def look(host, port, path, silence):
    """One GET. `silence`: seconds without a byte that make a stall."""
    data, ending = read(host, port, path, silence)
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator:
        raise Undecided(f"{path}: no whole response head")
    lines = head.decode("latin-1").split("\r\n")
    status = int(lines[0].split(" ")[1])
    fields = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        fields[name.strip().lower()] = value.strip()
    if status == 400 and path.startswith("/gzip/"):
        raise Refused(path)
    transport, body = unframe(fields, body, ending)
    return Truth(status, transport, judge(path, fields, body) if status < 400 else "unchecked")


def read(host, port, path, silence):
    """Everything that arrives, and how it ended: fin, reset or silence. Ends at the response's own end where it has one."""
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
    data, until = bytearray(), time.monotonic() + TIME_LIMIT
    with socket.create_connection((host, port), timeout=silence) as connection:
        connection.sendall(request.encode())
        while len(data) < BODY_LIMIT and time.monotonic() < until:
            try:
                piece = connection.recv(1 << 18)
            except ConnectionResetError:
                return bytes(data), "reset"
            except TimeoutError:
                return bytes(data), "stalled"
            if not piece:
                return bytes(data), "fin"
            data += piece
    raise Undecided(f"{path}: more than {BODY_LIMIT} bytes or {TIME_LIMIT} s")


def unframe(fields, body, ending):
    """The transport's outcome and the body without its framing."""
    chunked = fields.get("transfer-encoding", "").lower() == "chunked"
    length = fields.get("content-length")
    early = {"fin": "cut"}.get(ending, ending)
    if chunked:
        body, ended = unchunk(body)
        if length is not None:
            return "protocol_error", body
        return ("complete" if ended else early), body
    if length is not None:
        ended = len(body) >= int(length)
        return ("complete" if ended else early), body[:int(length)]
    # Nothing but the end of the connection ends such a body.
    return ("complete" if ending == "fin" else early), body


def unchunk(data):
    body, at = bytearray(), 0
    while True:
        end = data.find(b"\r\n", at)
        if end < 0:
            return bytes(body), False
        size = int(data[at:end].split(b";")[0], 16)
        if size == 0:
            return bytes(body), data[end:end + 4] == b"\r\n\r\n"
        body += data[end + 2:end + 2 + size]
        at = end + 2 + size + 2


def judge(path, fields, body):
    if not body:
        return "empty"
    claimed = fields.get("content-encoding", "").lower() == "gzip"
    if b"Lambda-Runtime-Function-Error-Type:" in body[-4096:]:
        return "in_band_error"
    if re.match(rb'\{"statusCode".{0,4096}?\}\0{8}\x1f\x8b', body, re.S):
        return "prelude_leaked"
    if body[:2] == b"\x1f\x8b":
        return inflate(body)
    if claimed:
        return "base64_text" if is_base64_gzip(body) else "not_gzip"
    before = fields.get("x-amzn-remapped-content-length")
    if before is not None and int(before) < len(body):
        return "decoded_on_the_way"
    raise Undecided(f"{path}: {len(body)} bytes that neither are nor claim to be gzip; oracle.py has no rule for them")


def is_base64_gzip(body):
    try:
        return base64.b64decode(body, validate=True)[:2] == b"\x1f\x8b"
    except binascii.Error:
        return False


def inflate(body):
    rest = body
    while rest:
        if rest[:2] != b"\x1f\x8b":
            return "trailing_data"
        member = zlib.decompressobj(31)
        try:
            member.decompress(rest)
        except zlib.error as error:
            said = str(error)
            if "incorrect data check" in said:
                return "corrupt_crc"
            return "corrupt_length" if "incorrect length check" in said else "corrupt_data"
        if not member.eof:
            return "truncated"
        rest = member.unused_data
    return "valid"
