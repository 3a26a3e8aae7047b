"""The bodies that are served: gzip of text like a log's, which shrinks to about a quarter as such text does.

They are made once, by zlib and from a fixed seed, and kept. A wire size is meant throughout: "8 MiB" is what a client
receives, to within a percent; what counts in a figure is the file's real length.
"""
import random
import zlib
from dataclasses import dataclass

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
GZIP = 31  # zlib's wbits for a gzip header and trailer.
POOL = 4 * MIB  # Of text. Deflate looks back 32 KiB, so a repetition after 4 MiB is no help to it.
# Changing how bodies are made needs another name: kept ones would be taken for new ones.
EDITION = "1"


@dataclass(frozen=True)
class Body:
    path: str
    size: int


def text(wanted):
    """Lines of an access log; as random as it takes for a ratio of about 4."""
    chance = random.Random(1952)
    paths = ["/api/v1/orders", "/api/v1/customers", "/assets/app.js", "/healthz", "/search", "/api/v1/invoices/export"]
    lines, length, clock = [], 0, 1_700_000_000_000
    while length < wanted:
        clock += chance.randrange(1, 90)
        line = (
            f'{{"time":{clock},"level":"{chance.choice(("info", "info", "info", "warn"))}","client":"10.0.'
            f'{chance.randrange(32)}.{chance.randrange(256)}","method":"GET","path":"{chance.choice(paths)}",'
            f'"id":{chance.randrange(10 ** 9)},"status":{chance.choice((200, 200, 200, 304, 404))},'
            f'"bytes":{chance.randrange(200_000)},"duration_us":{chance.randrange(90_000)},'
            f'"trace":"{chance.getrandbits(128):032x}"}}\n')
        lines.append(line)
        length += len(line)
    return "".join(lines).encode()[:wanted]


def gzip_of(pool, wanted):
    """One gzip member of about `wanted` bytes."""
    step = max(256, min(wanted // 8, 256 * KIB))
    deflate, out, at = zlib.compressobj(6, zlib.DEFLATED, GZIP), bytearray(), 0
    # What deflate holds back comes with the end: 60 KiB and more of a large body, the whole of a small one.
    while len(out) < wanted - 64 * KIB:
        out += deflate.compress(pool[at:at + step])
        at = (at + step) % len(pool)
    if wanted > MIB:
        return bytes(out + deflate.flush())
    low, high = 0, 8 * wanted
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if len(zlib.compress(pool[:middle], 6)) + 12 <= wanted else (low, middle - 1)
    deflate = zlib.compressobj(6, zlib.DEFLATED, GZIP)
    return deflate.compress(pool[:low]) + deflate.flush()


class Bodies:
    """The folder that the origin serves."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        self.pool = None

    def _kept(self, name, make):
        file = self.folder / name
        if not file.exists():
            part = file.with_suffix(".part")
            with part.open("wb") as out:
                make(out)
            part.chmod(0o644)
            part.rename(file)
        return Body(f"/{name}", file.stat().st_size)

    def gzip(self, size):
        """One member; of more than 64 MiB, as many of 8 MiB as fit, which is gzip just as well and soon made."""
        def make(out):
            self.pool = self.pool or text(POOL)
            member = gzip_of(self.pool, size if size <= 64 * MIB else 8 * MIB)
            for _ in range(max(1, size // (8 * MIB)) if size > 64 * MIB else 1):
                out.write(member)
        return self._kept(f"log-{EDITION}-{size}", make)

    def sparse(self, size):
        """Zeros that take no disk: for a proxy, which looks at no byte, a body like any other."""
        return self._kept(f"sparse-{size}", lambda out: out.truncate(size))

    def warm(self, body):
        """Reads it once: who is the first to ask would otherwise wait for an origin that makes its pages."""
        with (self.folder / body.path.lstrip("/")).open("rb", buffering=0) as file:
            buffer = bytearray(4 * MIB)
            while file.readinto(buffer):
                pass
