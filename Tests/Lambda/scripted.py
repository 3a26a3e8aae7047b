"""A runtime that does what its event says, and writes down what the Runtime API answered.

Run it as the bootstrap of any supervisor. An event's "do" (or, for events of HTTP requests, the query's "do") names one of
the acts below; SCRIPTED_LOG is the file the exchanges are written to, one JSON object a line.
With AWS_LAMBDA_MAX_CONCURRENCY=N it is N workers.
"""
import base64
import json
import os
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import runtime_api
import wire
from scripted_worker import Worker, block, log, record

ERROR = {"errorMessage": "scripted", "errorType": "Function.Scripted", "stackTrace": []}


class Scripted(Worker):
    def whole(self, script):
        size = int(script.get("size", 11)) if isinstance(script, dict) else 11
        self.begin()
        for at in range(0, size, 65536):
            self.api.chunk(block(min(65536, size - at)))
        self.api.end()
        self.said("response", self.api.answer())

    def trailers(self, script):
        self.half()
        self.api.end([
            ("Lambda-Runtime-Function-Error-Type", script.get("type", "Function.UpstreamIncomplete")),
            ("Lambda-Runtime-Function-Error-Body",
             base64.b64encode(json.dumps(ERROR).encode()).decode() if script.get("body") != "bad" else "%%%")])
        self.said("response", self.api.answer())

    def reset(self, script):
        self.half()
        self.api.reset()
        self.said("response", "reset by the runtime")

    def fin(self, script):
        """Closed on both sides, as close() does with nothing unread."""
        self.half()
        self.api.close()
        self.said("response", "closed by the runtime")

    def half_close(self, script):
        self.half()
        self.api.finish_sending()
        self.said("response", self.api.answer())
        self.api.close()

    def error_midway(self, script):
        """/error on a second connection, while /response is under way on the first."""
        self.half()
        other = runtime_api.RuntimeAPI(os.environ["AWS_LAMBDA_RUNTIME_API"])
        try:
            self.said("error", other.post(self.path("error"), json.dumps(ERROR).encode(), self.fields(
                ("Lambda-Runtime-Function-Error-Type", "Function.Scripted"))))
        except (OSError, wire.Ended) as error:
            self.said("error", error)
        finally:
            other.close()
        try:
            self.api.chunk(block(65536))
            self.api.end()
            self.said("response", self.api.answer())
        except (OSError, wire.Ended) as error:
            self.said("response", error)
            self.api.close()

    def error(self, script):
        self.said("error", self.api.post(self.path("error"), json.dumps(ERROR).encode(), self.fields(
            ("Lambda-Runtime-Function-Error-Type", script.get("type", "Function.Scripted")))))

    def buffered(self, script):
        body = script.get("body", "hello")
        self.said("response", self.api.post(self.path("response"), json.dumps(
            {"statusCode": 200, "headers": {}, "cookies": [], "body": body, "isBase64Encoded": False}).encode(),
            self.fields(("Content-Type", "application/json"))))

    def large(self, script):
        """A body of a size, whole and with its length: what 413 is for."""
        self.said("response", self.api.post(
            self.path("response"), block(int(script["size"])), self.fields(("Content-Type", "application/json"))))

    def mode(self, script):
        self.begin(mode=script.get("mode", "Streaming"))
        self.api.end()
        self.said("response", self.api.answer())

    def twice(self, script):
        self.whole(script)
        self.whole(script)

    def error_after(self, script):
        self.whole(script)
        self.error(script)

    def after_error(self, script):
        self.error(script)
        self.whole(script)

    def wrong_id(self, script):
        """A response to another invocation; then the right one."""
        right, self.request = self.request, "11111111-1111-4111-8111-111111111111"
        self.whole(script)
        self.request = right
        self.whole(script)

    def wrong_attempt(self, script):
        """The right request, but another attempt of it; then the right one."""
        right, self.attempt = self.attempt, "22222222-2222-4222-8222-222222222222"
        self.whole(script)
        self.attempt = right
        self.whole(script)

    def without_attempt(self, script):
        self.attempt = None
        self.whole(script)

    def init_error_late(self, script):
        self.said("init/error", self.api.post("/init/error", json.dumps(ERROR).encode(), [
            ("Lambda-Runtime-Function-Error-Type", "Runtime.Scripted")]))
        self.whole(script)

    def ping(self, script):
        self.api.connect()
        self.api.head("GET", "/2018-06-01/ping", [])
        self.said("ping", self.api.answer())
        self.whole(script)

    def unknown(self, script):
        self.api.connect()
        self.api.head("GET", f"{runtime_api.VERSION}/nothing", [])
        self.said("unknown", self.api.answer())
        self.whole(script)

    def next_twice(self, script):
        """/next again, before this one is answered: classic only."""
        other = runtime_api.RuntimeAPI(os.environ["AWS_LAMBDA_RUNTIME_API"])
        try:
            self.said("next", other.next(waits=2))
        except (OSError, wire.Ended) as error:
            self.said("next", error)
        finally:
            other.close()
        self.whole(script)

    def late(self, script):
        """Answers after the time is up: that it lets time pass is the act."""
        time.sleep(float(script.get("sleep", 3)))
        self.whole(script)

    def exit(self, script):
        if script.get("begun"):
            self.half()
        log(worker=self.number, call="exit", act=self.act, request=self.request)
        os._exit(int(script.get("code", 1)))


Scripted.ACTS = {name: value for name, value in vars(Scripted).items() if callable(value)}


def main():
    if os.environ.get("SCRIPTED_INIT") == "error":
        api = runtime_api.RuntimeAPI(os.environ["AWS_LAMBDA_RUNTIME_API"])
        answer = api.post("/init/error", json.dumps(ERROR).encode(), [
            ("Lambda-Runtime-Function-Error-Type", "Runtime.Scripted")])
        log(call="init/error", **record(answer))
        sys.exit(1)
    if os.environ.get("SCRIPTED_INIT") == "exit":
        sys.exit(3)
    workers = [Scripted(number) for number in range(int(os.environ.get("AWS_LAMBDA_MAX_CONCURRENCY") or 1))]
    threads = [threading.Thread(target=worker.run, daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
