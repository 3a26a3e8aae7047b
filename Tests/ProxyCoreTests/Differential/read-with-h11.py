"""Reads messages from descriptor 3 and says what h11 makes of each. H11Reading.swift is the other end."""

import os
import struct
import sys

try:
    import h11
except ImportError:
    sys.exit("h11 is missing: it is in the Debian package python3-h11")

LIMIT = 1 << 20


def connection(kind):
    """kind: 0 is a request, 1 the response to a GET, 2 the response to a HEAD."""
    if kind == 0:
        return h11.Connection(h11.SERVER, max_incomplete_event_size=LIMIT)
    client = h11.Connection(h11.CLIENT, max_incomplete_event_size=LIMIT)
    method = "HEAD" if kind == 2 else "GET"
    client.send(h11.Request(method=method, target="/", headers=[("Host", "a")]))
    client.send(h11.EndOfMessage())
    return client


def read_body(peer):
    data = b""
    ended = False
    while True:
        try:
            event = peer.next_event()
        except h11.RemoteProtocolError:
            return (b"cut" if ended else b"faulty"), data
        if isinstance(event, h11.Data):
            data += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            return b"whole", data
        elif event is h11.NEED_DATA and not ended:
            ended = True
            peer.receive_data(b"")
        else:
            return b"cut", data


def read(kind, message):
    peer = connection(kind)
    peer.receive_data(message)
    try:
        event = peer.next_event()
    except h11.RemoteProtocolError as error:
        return [b"rejected", str(error).encode("utf-8", "replace")]
    if isinstance(event, h11.Request):
        first, second = event.method, event.target
    elif isinstance(event, (h11.Response, h11.InformationalResponse)):
        first, second = str(event.status_code).encode(), event.reason
    else:
        return [b"incomplete", b""]
    interim = isinstance(event, h11.InformationalResponse)
    body, data = (b"whole", b"") if interim else read_body(peer)
    answer = [b"accepted", first, second, event.http_version, body, data]
    for name, value in event.headers.raw_items():
        answer += [name, value]
    return answer


def main():
    source = os.fdopen(os.dup(3), "rb")
    sink = os.fdopen(3, "wb")
    while True:
        count = source.read(4)
        if len(count) < 4:
            return
        batch = []
        for _ in range(struct.unpack(">I", count)[0]):
            kind, length = struct.unpack(">BI", source.read(5))
            batch.append((kind, source.read(length)))
        for kind, message in batch:
            parts = [bytes(part) for part in read(kind, message)]
            sink.write(struct.pack(">I", len(parts)))
            for part in parts:
                sink.write(struct.pack(">I", len(part)) + part)
        sink.flush()


main()
