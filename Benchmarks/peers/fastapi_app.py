"""The proxy that many services begin with: FastAPI in front of an HTTP client, a generator between them.

/requests/… is a synchronous route with requests, whose generator runs in a thread pool and yields 8 KiB at a time;
/httpx/… is an asynchronous one with httpx. Both pass the body on undecoded, as ours do. The origin comes in ORIGIN.
"""
import os

import httpx
import requests
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

ORIGIN = os.environ["ORIGIN"]
ASKED_WITH = {"Accept-Encoding": "gzip"}
# Fields of one connection, and those that the server in front writes itself.
NOT_PASSED_ON = {"connection", "keep-alive", "transfer-encoding", "server", "date"}
PIECE = 8192

app = FastAPI()
session = requests.Session()
session.mount("http://", requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=256))
client = httpx.AsyncClient(limits=httpx.Limits(max_connections=None, max_keepalive_connections=256), timeout=60)


def passed_on(headers):
    return {name: value for name, value in headers.items() if name.lower() not in NOT_PASSED_ON}


@app.get("/requests/{path:path}")
def with_requests(path: str):
    answer = session.get(f"{ORIGIN}/{path}", stream=True, headers=ASKED_WITH)

    def pieces():
        yield from answer.raw.stream(PIECE, decode_content=False)

    return StreamingResponse(pieces(), answer.status_code, passed_on(answer.headers))


@app.get("/httpx/{path:path}")
async def with_httpx(path: str):
    answer = await client.send(client.build_request("GET", f"{ORIGIN}/{path}", headers=ASKED_WITH), stream=True)

    async def pieces():
        try:
            async for piece in answer.aiter_raw():
                yield piece
        finally:
            await answer.aclose()

    return StreamingResponse(pieces(), answer.status_code, passed_on(answer.headers))
