"""A worker of the scripted runtime: it asks, does what the event says, and writes down what came of it."""
import json
import os
import threading

import runtime_api
import wire

HALF = 1 << 20
writing = threading.Lock()


def log(**record):
    with writing, open(os.environ["SCRIPTED_LOG"], "a") as file:
        file.write(json.dumps({"pid": os.getpid(), **record}) + "\n")


def record(answer):
    return {"status": answer.status, "headers": {name.lower(): value for name, value in answer.headers},
            "body": answer.body.decode("utf-8", "replace")}


def block(size):
    line = b"0123456789abcdef" * 64
    return (line * (size // len(line) + 1))[:size]


class Worker:
    # By name; each is a function of a worker and the event.
    ACTS = {}

    def __init__(self, number):
        self.number = number
        self.api = runtime_api.RuntimeAPI(os.environ["AWS_LAMBDA_RUNTIME_API"])
        self.patience = runtime_api.Patience(0.1)

    def run(self):
        while True:
            try:
                answer = self.api.next()
            except (OSError, wire.Ended) as error:
                log(worker=self.number, call="next", failed=repr(error))
                self.api.close()
                self.patience.pause()
                continue
            if answer.status != 200:
                log(worker=self.number, call="next", **record(answer))
                self.patience.pause()
                continue
            self.patience.renew()
            self.handle(answer)

    def handle(self, event):
        self.request = event.header("lambda-runtime-aws-request-id")
        # Which attempt of the request this is: said back, so that a late answer cannot reach the next attempt.
        self.attempt = event.header("lambda-runtime-invocation-id")
        script = json.loads(event.body) if event.body else {}
        query = script.get("queryStringParameters") if isinstance(script, dict) else None
        if query and "do" in query:
            script = query
        self.act = script.get("do", "whole") if isinstance(script, dict) else "whole"
        log(worker=self.number, call="next", act=self.act, request=self.request, **record(event))
        try:
            self.ACTS[self.act](self, script)
        except (OSError, wire.Ended) as error:
            self.said("upload", error)
            self.api.close()

    def said(self, call, answer):
        """One line of the log: a call, and what came of it."""
        known = {"worker": self.number, "call": call, "act": self.act, "request": self.request}
        if isinstance(answer, wire.Response):
            log(**known, **record(answer))
        else:
            log(**known, failed=repr(answer))

    def path(self, what):
        return f"/invocation/{self.request}/{what}"

    def fields(self, *more):
        return [*more, *([("Lambda-Runtime-Invocation-Id", self.attempt)] if self.attempt else [])]

    def begin(self, status=200, **options):
        self.api.begin_stream(self.request, fields=self.fields(), **options)
        self.api.chunk(json.dumps(
            {"statusCode": status, "headers": {"content-type": "application/octet-stream"}, "cookies": []}).encode())
        self.api.chunk(runtime_api.NULS)

    def half(self):
        """Half of what was promised, in pieces, of which the supervisor has read the last."""
        self.begin()
        for at in range(0, HALF, 65536):
            self.api.chunk(block(65536))
        self.api.wait_until_read()
