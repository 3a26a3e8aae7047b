"""The kind of proxy that ours replaces: FastAPI around an HTTP client. Bodies by CPU, small requests by how many."""
from . import clients, rounds
from .bodies import GIB, KIB, MIB
from .relaying import LABELS, Proxies, cost, profiled
from .results import Row, Section, Table
from .verdict import Bar, Check

BARS = {"auto": Bar(1 / 20), "copy": Bar(1 / 7)}
REQUESTS_BAR = Bar(50, 100, at_least=True)


def seed_figure(bench, figure, title):
    proxies = Proxies(bench)
    try:
        return measured(bench, Section(figure, title, notes=proxies.notes), proxies)
    finally:
        proxies.stop()


def measured(bench, section, proxies):
    options, core = bench.options, bench.cores.others
    large, small = bench.bodies.gzip(8 * MIB), bench.bodies.gzip(KIB)

    def bodies(key):
        return bench.sink.run(bench.children, core, proxies[key], large, 8, options.seconds)

    def requests(key):
        return clients.wrk(bench.children, core, proxies[key], small, 64, options.seconds)

    keys = ["auto", "copy", "requests", "httpx"]
    for key in keys:
        proxies[key]
    costs = rounds.interleave(
        options.rounds, {key: lambda key=key: cost(proxies[key], lambda: bodies(key)) for key in keys})
    loads = rounds.interleave(
        options.rounds, {key: lambda key=key: requests(key) for key in ("auto", "requests", "httpx")})
    per_gib = {key: [one.per_gib for one in costs[key]] for key in keys}
    rates = {key: [one.requests_per_second for one in loads[key]] for key in loads}

    section.tables = [
        Table("8 MiB, c=8", [
            Row(LABELS[key], {"CPU-s/GiB": per_gib[key], "GiB/s": [one.load.rate / GIB for one in costs[key]]})
            for key in keys]),
        Table("1 KiB, c=64", [Row(LABELS[key], {"requests/s": rates[key]}) for key in rates]),
    ]
    for key, bar in BARS.items():
        values = rounds.ratios(per_gib[key], per_gib["requests"])
        check = Check(f"CPU/GiB, {LABELS[key]} ÷ {LABELS['requests']}", values, bar)
        section.checks.append(check)
        section.profiles += profiled(bench, [check], f"{LABELS[key]}, 8 MiB", proxies[key], lambda key=key: bodies(key))
    values = rounds.ratios(rates["auto"], rates["requests"])
    check = Check(f"requests/s, {LABELS['auto']} ÷ {LABELS['requests']}", values, REQUESTS_BAR)
    section.checks.append(check)
    section.profiles += profiled(bench, [check], f"{LABELS['auto']}, 1 KiB", proxies["auto"], lambda: requests("auto"))
    return section
