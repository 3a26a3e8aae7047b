"""An origin that sends one body to everybody and asks the kernel how much of it was acknowledged (TCP_INFO)."""

import socket
import struct
import threading

TCP_INFO = 11
BYTES_ACKED = 120  # Offset in struct tcp_info; Linux 4.1 and newer.


class KernelOrigin:
    def __init__(self, body):
        self.body = body
        self.head = (
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: text/plain\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode()
        self.acknowledged = 0
        self.responses = 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/body"
        self.threads = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self.serve, args=(peer,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def serve(self, peer):
        count = 0
        with peer:
            received = b""
            while True:
                while b"\r\n\r\n" not in received:
                    piece = peer.recv(65536)
                    if not piece:
                        self.enter(peer, count)
                        return
                    received += piece
                received = received.split(b"\r\n\r\n", 1)[1]
                peer.sendall(self.head + self.body)
                count += 1

    def enter(self, peer, count):
        """The client has closed: everything it took is acknowledged, and we have sent no FIN, which would count as a byte."""
        info = peer.getsockopt(socket.IPPROTO_TCP, TCP_INFO, 256)
        acked = struct.unpack_from("Q", info, BYTES_ACKED)[0]
        with self.lock:
            self.acknowledged += acked
            self.responses += count

    def close(self):
        self.listener.close()
        for thread in self.threads:
            thread.join(10)

    @property
    def body_bytes(self):
        return self.acknowledged - self.responses * len(self.head)
