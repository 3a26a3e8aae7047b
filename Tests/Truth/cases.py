"""Every response of gzorigin's that a tool is shown: the list comes from gzorigin's own help, so that a new fault or front
is in the table without a word here."""
import re
from dataclasses import dataclass

BODY = "/gzip/1MiB"
FRAMINGS = ["length", "chunked", "close"]

# What a person reads. A name that is missing stands for itself.
TITLES = {
    "none": "a healthy body",
    "crc": "CRC32 wrong",
    "isize": "ISIZE wrong",
    "bitflip": "a bit flipped",
    "truncate": "gzip cut in half, HTTP ends cleanly",
    "no_trailer": "gzip trailer missing, HTTP ends cleanly",
    "cut": "connection closed in the middle",
    "reset": "connection reset in the middle",
    "short_length": "whole gzip, Content-Length larger",
    "not_gzip": "JSON text labelled gzip",
    "trailing": "text after the gzip",
    "stall": "silence in the middle",
    "length_and_chunked": "Content-Length beside chunked",
    "function-url-502": "Function URL: 502",
    "function-url-403": "Function URL: 403",
    "rest-500-prelude": "API Gateway, REST: 500, no prelude",
    "rest-502": "API Gateway, REST: 502",
    "rest-504": "API Gateway, REST: 504",
    "rest-403-missing-token": "API Gateway, REST: 403, no such path",
    "rest-413": "API Gateway, REST: 413",
    "rest-429": "API Gateway, REST: 429",
    "http-api-500": "API Gateway, HTTP: 500",
    "http-api-503": "API Gateway, HTTP: 503",
    "http-api-403": "API Gateway, HTTP: 403",
    "http-api-413": "API Gateway, HTTP: 413",
    "http-api-429": "API Gateway, HTTP: 429",
    "alb-502": "ALB: 502",
    "alb-503": "ALB: 503",
    "alb-504": "ALB: 504",
    "alb-413": "ALB: 413",
    "throttle-429": "Lambda throttles: 429",
    "no-prelude": "a stream that ended before its prelude",
    "prelude-leak": "Lambda prelude in the body",
    "base64-body": "gzip as base64 text",
    "in-band-error": "Lambda error text in the body",
    "decoded": "gunzipped on the way",
}


@dataclass(frozen=True)
class Case:
    name: str
    # Empty for a front: it has but one.
    framing: str
    path: str

    @property
    def title(self):
        return TITLES.get(self.name, self.name)


def names(text, start, end):
    """The words of the list that the help has between `start` and `end`, without what may follow a name in brackets."""
    section = text[text.index(start):]
    section = section[section.index(":\n") + 2:]
    return [word.split("[")[0] for word in section[:section.index(end)].split()]


def every_case(help_text):
    cases = [Case("none", framing, f"{BODY}?framing={framing}") for framing in FRAMINGS]
    for fault in names(help_text, "fault=NAME", "/front/NAME"):
        cases += [Case(fault, framing, f"{BODY}?framing={framing}&fault={fault}") for framing in FRAMINGS]
    cases += [Case(front, "", f"/front/{front}") for front in names(help_text, "/front/NAME", "/hello")]
    for case in cases:
        if not re.fullmatch(r"[a-z0-9_-]+", case.name):
            raise SystemExit(f"truth: {case.name!r} in gzorigin's help is no name of a fault or front")
    return cases
