/// A function's runtime made by hand, of sockets and Python's standard library alone, so that it can do wrong what a client of the
/// Runtime API would not let it: the last word of the path says what.
enum FaultyRuntime {
  static func command() throws -> [String] {
    guard let python = Products.system("python3") else {
      throw RunningServer.Failure(description: "python3 is missing: Scripts/deps.sh --test installs it")
    }
    // Without what it would look for in folders: each of them starts in a third of the time.
    return [python, "-I", "-S", "-c", script]
  }

  private static let script = #"""
    import base64, gzip, json, os, socket, threading

    TEXT = b"".join(b"line %d of a text that is long enough\n" % n for n in range(4000))
    GZIP = gzip.compress(TEXT)
    STREAM = "application/vnd.awslambda.http-integration-response"
    ERROR = {"errorType": "Function.Sample", "errorMessage": "as asked for", "stackTrace": []}
    FIELDS = ["Lambda-Runtime-Function-Error-Type: Function.Sample",
              "Lambda-Runtime-Function-Error-Body: " + base64.b64encode(json.dumps(ERROR).encode()).decode()]
    host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")

    class Invocation:
        def __init__(self):
            self.socket = socket.create_connection((host, int(port)))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.file = self.socket.makefile("rb")
            self.send("GET", "next", [])
            fields, body = self.answer()
            self.id = fields["lambda-runtime-aws-request-id"]
            event = json.loads(body)
            self.fault = (event.get("rawPath") or event.get("path")).split("/")[-1]

        def send(self, method, path, fields, body=b""):
            lines = [method + " /2018-06-01/runtime/invocation/" + path + " HTTP/1.1", "Host: runtime"] + fields
            self.socket.sendall("\r\n".join(lines + ["", ""]).encode() + body)

        def answer(self):
            self.file.readline()
            fields = {}
            for line in iter(self.file.readline, b"\r\n"):
                if not line:
                    break
                name, value = line.decode().split(":", 1)
                fields[name.lower()] = value.strip()
            return fields, self.file.read(int(fields.get("content-length", 0)))

        def chunk(self, data):
            self.socket.sendall(b"%x\r\n%s\r\n" % (len(data), data))

        def begin(self, kind=STREAM, trailers=False):
            fields = ["Content-Type: " + kind, "Transfer-Encoding: chunked",
                      "Lambda-Runtime-Function-Response-Mode: streaming"]
            names = [field.split(":")[0] for field in FIELDS]
            self.send("POST", self.id + "/response", fields + (["Trailer: " + ", ".join(names)] if trailers else []))

        def prelude(self, headers, status=200):
            self.chunk(json.dumps({"statusCode": status, "headers": headers, "cookies": []}).encode())
            self.chunk(bytes(8))

        def end(self, trailers=[]):
            self.socket.sendall("\r\n".join(["0"] + trailers + ["", ""]).encode())
            self.answer()

        def stream(self, body, headers={"content-encoding": "gzip", "content-type": "text/plain"}, **more):
            self.begin(**more)
            self.prelude(headers)
            self.chunk(body)

        def whole(self, document):
            self.send("POST", self.id + "/response", ["Content-Length: %d" % len(document)], document)
            self.answer()

        def serve(self):
            fault, half = self.fault, GZIP[:len(GZIP) // 2]
            if fault == "error":
                body = json.dumps(ERROR).encode()
                self.send("POST", self.id + "/error", FIELDS[:1] + ["Content-Length: %d" % len(body)], body)
                self.answer()
            elif fault == "exit":
                os._exit(3)
            elif fault == "hold":
                threading.Event().wait()
            elif fault == "memory":
                held = bytearray(os.urandom(1 << 20) * 400)
                threading.Event().wait()
            elif fault == "ok":
                self.stream(GZIP)
                self.end()
            elif fault == "prelude-arrays":
                self.stream(GZIP, {"content-encoding": ["gzip"]})
                self.end()
            elif fault == "prelude-garbage":
                self.begin()
                self.chunk(b"{no prelude" + bytes(8) + GZIP)
                self.end()
            elif fault == "prelude-missing":
                self.begin()
                self.end()
            elif fault == "prelude-leaked":
                self.stream(GZIP, kind="application/octet-stream")
                self.end()
            elif fault == "silent":
                self.begin()
                self.prelude({"content-encoding": "gzip"})
                threading.Event().wait()
            elif fault == "cut":
                self.stream(half)
            elif fault == "clean":
                self.stream(half)
                self.end()
            elif fault == "trailers":
                self.stream(half, trailers=True)
                self.end(FIELDS)
            elif fault == "in-band":
                self.stream(half + "\r\n".join(FIELDS + [""]).encode())
                self.end()
            elif fault == "decoded":
                self.stream(TEXT, {"content-type": "text/plain", "content-length": str(len(GZIP))})
                self.end()
            elif fault == "base64":
                self.stream(base64.b64encode(GZIP))
                self.end()
            elif fault == "garbage":
                self.whole(b"{this is no JSON")
            elif fault == "shape":
                self.whole(b'{"statusCode":200,"body":{"not":"text"}}')
            elif fault == "bad-base64":
                self.whole(b'{"statusCode":200,"isBase64Encoded":true,"body":"%%%"}')
            elif fault == "text-base64":
                body = base64.b64encode(GZIP).decode()
                headers = {"content-encoding": "gzip", "content-type": "text/plain"}
                self.whole(json.dumps({"statusCode": 200, "headers": headers, "body": body}).encode())
            elif fault == "bare":
                self.whole(b'{"hello":"world"}')
            elif fault == "large":
                self.whole(json.dumps({"statusCode": 200, "body": "x" * 6300000}).encode())
            elif fault == "megabyte":
                self.whole(json.dumps({"statusCode": 200, "headers": {}, "body": "x" * 1100000}).encode())
            elif fault == "other-map":
                self.whole(b'{"statusCode":200,"multiValueHeaders":{"x-a":["b"]},"body":"x"}')

    def work():
        while True:
            invocation = Invocation()
            try:
                invocation.serve()
            except OSError:
                pass
            # A broken upload has to be seen as one.
            invocation.file.close()
            invocation.socket.close()

    workers = [threading.Thread(target=work) for _ in range(int(os.environ.get("AWS_LAMBDA_MAX_CONCURRENCY", 1)))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    """#
}
