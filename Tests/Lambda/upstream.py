"""An upstream for what gzorigin does not serve: statuses, cookies, echoes, bodies of no length, waiting.

    /echo               what was asked, as JSON
    /status/N           that status, with a small body where one is allowed
    /empty              200 and no body
    /cookies            two cookies, and a field that is there twice
    /text               a small text without Content-Encoding
    /slow?sleep=S       an answer after S seconds
    /binary             bytes that are no text
"""
import base64
import contextlib
import json
import socket
import threading
import time
import urllib.parse

import processes
import wire

BINARY = bytes(range(256)) * 8


class Upstream:
    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.asked = []
        self.asking = threading.Condition()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def close(self):
        self.listener.close()

    def wait_for(self, target, limit=30):
        """Returns when a target that begins so has been asked for."""
        with self.asking:
            if not self.asking.wait_for(lambda: any(asked[1].startswith(target) for asked in self.asked), limit):
                raise processes.Failed(f"not within {limit} s: the upstream is asked for {target}")

    def serve(self, connection):
        with connection, connection.makefile("rb") as file, contextlib.suppress(OSError, ValueError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while True:
                line = file.readline(65536).split()
                if len(line) != 3:
                    return
                method, target = line[0].decode(), line[1].decode()
                headers = []
                while (field := file.readline(65536)) not in (b"\r\n", b""):
                    name, _, value = field.partition(b":")
                    headers.append((name.decode("latin-1"), value.strip().decode("latin-1")))
                asked = wire.Response(0, headers)
                body = b""
                if (asked.header("transfer-encoding") or "").lower() == "chunked":
                    body, _ = wire.read_chunked(file)
                elif asked.header("content-length"):
                    body = file.read(int(asked.header("content-length")))
                with self.asking:
                    self.asked.append((method, target, headers, body))
                    self.asking.notify_all()
                connection.sendall(answer(method, target, headers, body))


def answer(method, target, headers, body):
    path, _, query = target.partition("?")
    status, fields, content = 200, [("Content-Type", "text/plain")], b""
    if path == "/echo":
        fields = [("Content-Type", "application/json")]
        content = json.dumps({"method": method, "target": target, "headers": headers,
                              "body": base64.b64encode(body).decode()}).encode()
    elif path.startswith("/status/"):
        status = int(path.rpartition("/")[2])
        content = b"" if status in (204, 304) else f"status {status}\n".encode()
    elif path == "/cookies":
        fields += [("Set-Cookie", "a=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT"), ("Set-Cookie", "b=2"),
                   ("X-Twice", "one"), ("X-Twice", "two"), ("Connection", "keep-alive, x-hop"), ("X-Hop", "secret")]
        content = b"cookies\n"
    elif path == "/text":
        content = "Grüße\n".encode()
        fields = [("Content-Type", "text/plain; charset=utf-8")]
    elif path == "/binary":
        content, fields = BINARY, [("Content-Type", "application/octet-stream")]
    elif path == "/slow":
        # An upstream that takes its time: this is what was asked for.
        time.sleep(min(30.0, float(urllib.parse.parse_qs(query)["sleep"][0])))
        content = b"slow\n"
    elif path != "/empty":
        status, content = 404, b"no such path\n"
    if status not in (204, 304):
        fields.append(("Content-Length", str(len(content))))
    head = f"HTTP/1.1 {status} Status\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n"
    return head.encode("latin-1") + (b"" if method == "HEAD" else content)


if __name__ == "__main__":
    upstream = Upstream()
    print("listening on", upstream.url, flush=True)
    threading.Event().wait()
