"""The driver of `make bench-truth`: what it reads from the tools' words, and that it would see gzload err."""
import base64
import gzip
import pathlib
import socket
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Truth"))
import cases
import oracle
import peers
import table
import support

BODY = gzip.compress(bytes(range(256)) * 40)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"


def chunked(body, end=b"0\r\n\r\n"):
    return b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n%s" % (len(body), body, end)


class Oracle(unittest.TestCase):
    def look(self, response):
        with socket.create_server(("127.0.0.1", 0)) as server:
            def answer():
                connection, _ = server.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(response)
            thread = threading.Thread(target=answer)
            thread.start()
            truth = oracle.look(*server.getsockname(), "/gzip/1KiB", 20)
            thread.join()
            return truth.transport, truth.gzip

    def sized(self, body, extra=0):
        return HEAD + b"Content-Length: %d\r\n\r\n" % (len(body) + extra) + body

    def test_framing(self):
        self.assertEqual(self.look(self.sized(BODY)), ("complete", "valid"))
        self.assertEqual(self.look(self.sized(BODY, extra=1)), ("cut", "valid"))
        self.assertEqual(self.look(HEAD + chunked(BODY)), ("complete", "valid"))
        self.assertEqual(self.look(HEAD + chunked(BODY, end=b"")), ("cut", "valid"))
        self.assertEqual(self.look(HEAD + b"\r\n" + BODY), ("complete", "valid"))
        self.assertEqual(self.look(HEAD + b"Content-Length: 5\r\n" + chunked(BODY)), ("protocol_error", "valid"))

    def test_gzip(self):
        crc, isize = bytearray(BODY), bytearray(BODY)
        crc[-8] ^= 1
        isize[-1] ^= 1
        for body, verdict in [
            (BODY + BODY, "valid"), (BODY[:-8], "truncated"), (BODY + BODY[:20], "truncated"), (crc, "corrupt_crc"),
            (isize, "corrupt_length"), (BODY[:10] + b"\xff" * 50, "corrupt_data"), (BODY + b"text", "trailing_data"),
            (b"", "empty"), (b"{}", "not_gzip"), (base64.b64encode(BODY), "base64_text"),
        ]:
            self.assertEqual(self.look(self.sized(bytes(body))), ("complete", verdict))

    def test_what_no_rule_speaks_of_is_not_guessed(self):
        with self.assertRaises(oracle.Undecided):
            self.look(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


class Words(unittest.TestCase):
    def said(self, out="", exit=0, err=""):
        return peers.Said(exit, out, err)

    def test_of_each_tool(self):
        table_of_words = [
            (peers.of_curl, self.said(exit=18), (0, 1, "")),
            (peers.of_hey, self.said("Status code distribution:\n  [200]\t3 responses\n  [502]\t1 responses\n"), (3, 1, "")),
            (peers.of_hey, self.said("Error distribution:\n  [4]\tGet: EOF\n"), (0, 4, "")),
            (peers.of_wrk, self.said("  50 requests in 1.0s, 1MB read\n  Non-2xx or 3xx responses: 20\n"), (30, 20, "")),
            (peers.of_wrk, self.said("  0 requests in 1.0s, 1MB read\n"
                                     "  Socket errors: connect 0, read 9, write 0, timeout 2\n"), (0, 11, "")),
            (peers.of_ab, self.said("Complete requests:      4\nFailed requests:        1\nNon-2xx responses:      2\n"),
             (1, 3, "")),
            (peers.of_h2load, self.said("requests: 4 total, 4 started, 1 done, 1 succeeded, 3 failed, 3 errored\n"),
             (1, 3, "")),
            (peers.of_siege, self.said('{ "successful_transactions": 3,\n"failed_transactions": 1 }'), (3, 1, "")),
            (peers.of_k6, self.said('{"failed":2,"succeeded":2}', err='msg="error_code=1701;"\n' * 2), (2, 2, "1701")),
        ]
        for judge, said, expected in table_of_words:
            self.assertEqual(judge(said), expected)

    def test_nothing_said_is_nothing_claimed(self):
        for judge in (peers.of_hey, peers.of_wrk, peers.of_ab, peers.of_h2load, peers.of_siege, peers.of_k6):
            self.assertIsNone(judge(self.said("connect: refused")))

    def test_cells(self):
        self.assertEqual(table.Cell.of(self.said(), (4, 0, "")), table.Cell("ok", True))
        self.assertEqual(table.Cell.of(self.said(), (3, 1, "")), table.Cell("fails, exit 0", False))
        self.assertEqual(table.Cell.of(self.said(exit=99), (0, 4, "1701")), table.Cell("fails 1701, exit 99", False))
        self.assertEqual(table.Cell.of(self.said(exit=104), None), table.Cell("aborts, exit 104", False))
        self.assertEqual(table.Cell.of(peers.Said(-9, "", "", killed=True), None), table.Cell("hangs, killed", False))


class Judgement(unittest.TestCase):
    def report(self, **changes):
        return {
            "totals": {"streams": 4, "failed": 4}, "status": {"200": 4}, "transport": {"complete": 4},
            "gzip": {"corrupt_crc": 4}, "http_causes": {}, **changes,
        }

    def wrong(self, exit, report, truth=oracle.Truth(200, "complete", "corrupt_crc")):
        case = cases.Case("crc", "length", "/gzip/1MiB?fault=crc")
        return len(table.wrong([table.Row(case, truth, [table.Verdict.read(exit, report)])]))

    def test_right_is_right(self):
        self.assertEqual(self.wrong(99, self.report()), 0)

    def test_each_way_to_err_is_seen(self):
        for exit, changes in [
            (0, {}), (0, {"totals": {"streams": 4, "failed": 0}}), (99, {"totals": {"streams": 4, "failed": 3}}),
            (99, {"totals": {"streams": 3, "failed": 3}}), (99, {"gzip": {"valid": 4}}),
            (99, {"gzip": {"valid": 1, "corrupt_crc": 3}}), (99, {"transport": {"cut": 4}}), (99, {"status": {"502": 4}}),
        ]:
            with self.subTest(changes=changes):
                self.assertEqual(self.wrong(exit, self.report(**changes)), 1)
        healthy = oracle.Truth(200, "complete", "valid")
        self.assertEqual(self.wrong(99, self.report(gzip={"valid": 4}), healthy), 1)
        page = oracle.Truth(502, "complete", "unchecked")
        unnamed = self.report(status={"502": 4}, gzip={"unchecked": 4}, http_causes={"502": {"unknown": 4}})
        self.assertEqual(self.wrong(99, unnamed, page), 1)

    def test_the_page_marks_what_is_wrong_and_folds_framings(self):
        rows = [
            table.Row(cases.Case("crc", framing, "/"), oracle.Truth(200, "complete", "corrupt_crc"),
                      [table.Cell("ok", True), table.Verdict.read(99, self.report())])
            for framing in cases.FRAMINGS
        ]
        page = table.page(rows, ["hey"], [("hey", "0.1.4"), ("gzload", "0.1.0")])
        self.assertIn("| CRC32 wrong | length, chunked, close | gzip whose CRC32 is another | **ok** | failed: `corrupt_crc` |",
                      page)
        self.assertIn("| hey | 3 | 0 | 0 |", page)
        self.assertIn("Versions: hey 0.1.4, gzload 0.1.0.", page)

    def test_the_list_of_cases_is_the_origins_own(self):
        text = subprocess.run([support.BIN / "gzorigin", "--help"], capture_output=True, text=True).stdout
        found = {case.name for case in cases.every_case(text)}
        self.assertLessEqual({"none", "crc", "stall", "length_and_chunked", "decoded", "alb-502"}, found)
        grown = text.replace("  /hello ", "      brand-new\n  /hello ")
        self.assertIn("brand-new", {case.name for case in cases.every_case(grown)})
