"""Renders the figures as docs/bench.md and as the table of the README."""

from collections.abc import Iterator, Mapping
from typing import Any

Figures = Mapping[str, Any]
README_BEGINS, README_ENDS = "<!-- make bench -->", "<!-- /make bench -->"
FLOOR, BARE, OURS, PYBIT = "bare socket", "bare protocol", "this suite", "pybit"

_HEAD = """# Speed

Written by `make bench`; the figures are `bench/results.json`. {machine}

Absolute figures drift with the machine and with what else it does; a figure counts beside its neighbours,
which were measured in turns in the same run. Each is the median of {rounds} rounds.

The client answers to the same responder in another process (`bench/responder.py`), without TLS. Every
library is used as its users call it: `RestClient.call` and `TradeStream.call` with risk check, journal,
rate limiter, retry policy and evidence; pybit's `place_order`, at 32 in flight with a thread and a session
each; ccxt's `create_order` and `create_order_ws` with its market known. `ccxt, bare` is ccxt's signed
endpoint method alone. One orderLinkId is sent again and again, so that the journal, which waits for the
disk, is written once; what a write costs stands under Signing. pybit registers a request after it has sent
it and drops an answer that is sooner: where it looks the request up, it is made to wait.

There are two floors, and the trade stream is held to both. The bare socket blocks, sends prepared bytes and
reads no answer's content; at 32 in flight it sends them in bursts. The bare protocol is asyncio's without a
library: it encodes each order as its turn comes, signs it over REST, where each order in flight has a
connection, and decodes each answer; it does nothing else.

While round trips are measured, a process of the idle class keeps each core from falling asleep
(`bench/awake.py`): a core that slept wakes so late that one and the same client has two medians.

Everything on asyncio, ccxt and the responder included, runs on uvloop, as the suite does; pybit has threads.
"""
_QUIET = 0.5
_BUSY = """

**The machine was busy with other work during this run.** The figures below are unreliable, most of all those
of the venue, which is held to one core, and those at 32 in flight. Run it again on a quiet machine."""
_BOOKS = """A limit order that rests, then its cancel; 1,000 orders at rest on 1,000 prices. The library keeps
whole numbers and none of Bybit's rules; our book keeps decimals; our core applies every rule, holds
balances, and makes the pushes.
"""
_RUN = """The checklist on `python -m fixtures.venue` in a process of its own, with the documented rate limits
and latency and with testnet's timeouts; wall time of the whole `pytest`, report included. The operations are
the creates, amends and cancels that were sent, on REST and on the trade stream; their minimum time is each
endpoint's count by its documented rate, one endpoint after the other.
"""
_AIMS = (
    ("rest", "REST", "p50 at most half of pybit's", PYBIT, 0.5),
    ("rest", "REST", "p50 below ccxt async", "ccxt", 1.0),
    ("rest", "REST", "p50 below ccxt's bare endpoint method", "ccxt, bare", 1.0),
    ("trade", "trade stream", "p50 at most half of pybit's", PYBIT, 0.5),
    ("trade", "trade stream", "p50 below ccxt.pro", "ccxt", 1.0),
    ("trade", "trade stream", "p50 within three times the bare protocol", BARE, 3.0),
    ("trade", "trade stream", "p50 within three times the bare socket", FLOOR, 3.0),
)


def page(figures: Figures) -> str:
    """The page as Markdown."""
    machine = (
        "{cpu}, {cores} cores, Python {python}, {date}, load average {load} at the start; "
        "pybit {pybit}, ccxt {ccxt}."
    ).format(**figures["machine"])
    if figures["machine"]["load"] > _QUIET:
        machine += _BUSY
    lines = [_HEAD.format(machine=machine, rounds=figures["rounds"])]
    for key, title in (
        ("rest", "Signed order/create over REST"),
        ("trade", "order.create on the trade stream"),
    ):
        lines += _clients(title, figures[key])
    lines += _aims(figures)
    if "gateway" in figures:  # figures of an earlier day have none
        lines += _gateway(figures["gateway"])
    lines += _signing(figures["signing_us"])
    lines += _venue(figures["venue"])
    lines += _matching(figures["matching_us"])
    lines += _pacing(figures["pacing"])
    if "oracle" in figures["pacing"]:
        lines += _oracle(figures["pacing"]["oracle"])
    return "\n".join(lines) + "\n"


def in_readme(readme: str, figures: Figures) -> str:
    """The README with its table of speed written anew, between its two marks."""
    before, mark, rest = readme.partition(README_BEGINS)
    _, end, after = rest.partition(README_ENDS)
    machine = "{cpu}, {cores} cores, Python {python}, {date}, load average {load}".format(
        **figures["machine"]
    )
    lines = [
        f"p50 in µs of one signed order, create to acknowledgement; {machine}.",
        "",
        "| | in flight | this suite | pybit | ccxt | bare protocol |",
        "|---|---|---|---|---|---|",
    ]
    for key, title in (("rest", "REST"), ("trade", "trade stream")):
        for width, clients in figures[key].items():
            shown = " | ".join(f"{clients[name]['p50_us']:,.0f}" for name in (OURS, PYBIT, "ccxt", BARE))
            lines.append(f"| {title} | {width} | {shown} |")
    return f"{before}{mark}\n{chr(10).join(lines)}\n{end}{after}"


def _clients(title: str, by_width: Mapping[str, Figures]) -> Iterator[str]:
    yield f"## {title}\n"
    yield (
        "| in flight | client | p50 µs | p99 µs | orders/s "
        "| p50 of pybit's | p50 of the bare protocol's | p50 of the bare socket's |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for width, clients in by_width.items():
        for name, timing in clients.items():
            p50 = timing["p50_us"]
            ratios = " | ".join(f"{p50 / clients[other]['p50_us']:.2f}" for other in (PYBIT, BARE, FLOOR))
            p99, per_s = timing["p99_us"], timing["per_s"]
            yield f"| {width} | {name} | {p50:,.0f} | {p99:,.0f} | {per_s:,} | {ratios} |"
    yield ""


def _aims(figures: Figures) -> Iterator[str]:
    yield "## Aims\n"
    yield "| path | aim | in flight | ratio | |"
    yield "|---|---|---|---|---|"
    for key, path, aim, other, most in _AIMS:
        for width, clients in figures[key].items():
            ratio = clients[OURS]["p50_us"] / clients[other]["p50_us"]
            yield f"| {path} | {aim} | {width} | {ratio:.2f} | {_met(ratio, most)} |"
    pace = figures["pacing"]
    ratio = pace["wall_s"] / pace["min_s"]
    yield f"| checklist | wall time within 1.5 times the rate limits' | | {ratio:.2f} | {_met(ratio, 1.5)} |"
    signing = figures["signing_us"]
    ratio = signing["our signature"] / signing["bare HMAC-SHA256"]
    if "oracle" in pace:  # figures of an earlier day have none
        yield from _aims_of_oracle(pace["oracle"])
    if "gateway" in figures:
        yield from _aims_of_gateway(figures["gateway"])
    yield f"| signing | within twice bare HMAC | | {ratio:.2f} | {_met(ratio, 2.0)} |\n"


def _aims_of_oracle(oracle: Figures) -> Iterator[str]:
    yield f"| oracle | under 5 % of a run | | {oracle['share']:.1%} | {_met(oracle['share'], 0.05)} |"
    million_s = oracle["records_s"] * 1e6 / oracle["records"]
    yield f"| oracle | a million records in 60 s | | {million_s:.0f} s | {_met(million_s, 60)} |"


def _aims_of_gateway(by_width: Mapping[str, Figures]) -> Iterator[str]:
    added_ms = (by_width["1"]["through"]["p50_us"] - by_width["1"]["direct"]["p50_us"]) / 1000
    yield f"| gateway | adds 0.3 ms at most | 1 | {added_ms:.2f} ms | {_met(added_ms, 0.3)} |"
    per_s = by_width["32"]["through"]["per_s"]
    yield f"| gateway | carries 5,000 requests a second | 32 | {per_s:,} | {_met(-per_s, -5_000)} |"


def _gateway(by_width: Mapping[str, Figures]) -> Iterator[str]:
    yield "## The gateway\n"
    yield "The bare protocol against the responder, direct and through a gateway in a process of its own.\n"
    yield "| in flight | way | p50 µs | p99 µs | orders/s |"
    yield "|---|---|---|---|---|"
    for width, ways in by_width.items():
        for name, timing in ways.items():
            p50, p99, per_s = timing["p50_us"], timing["p99_us"], timing["per_s"]
            yield f"| {width} | {name} | {p50:,.0f} | {p99:,.0f} | {per_s:,} |"
    yield ""


def _met(ratio: float, most: float) -> str:
    return "met" if ratio <= most else "**not met**"


def _signing(steps: Mapping[str, float]) -> Iterator[str]:
    yield "## Signing\n"
    yield "| step | µs | of bare HMAC |"
    yield "|---|---|---|"
    for name, taken in steps.items():
        yield f"| {name} | {taken:,.1f} | {taken / steps['bare HMAC-SHA256']:.2f} |"
    yield ""


def _venue(venue: Figures) -> Iterator[str]:
    core_us = venue["core"]["cost_us"]
    core_per_s = 1e6 / core_us["1000"]
    yield "## The embedded venue\n"
    yield "Held to one core; latency 0 and rate limits off."
    yield "Loaded by prepared bytes on one connection, 32 in flight.\n"
    yield "| figure | | of the core alone |"
    yield "|---|---|---|"
    yield f"| matching core without sockets, 1,000 at rest | {core_per_s:,.0f} orders/s | 1.00 |"
    for name, key in (("REST, signed", "rest_per_s"), ("trade stream", "trade_per_s")):
        yield f"| {name} | {venue[key]:,} orders/s | {venue[key] / core_per_s:.2f} |"
    grown = venue["core"]["grown"]
    yield f"| start to first answered request | {venue['first_answer_ms']:,.0f} ms | |"
    yield f"| memory at rest | {venue['resident_mib']:.0f} MiB | |"
    yield f"| memory that {grown['resting']:,} orders at rest add to the core | {grown['mib']:.0f} MiB | |\n"
    yield "| orders at rest | µs per order | of the first |"
    yield "|---|---|---|"
    first = next(iter(core_us.values()))
    for resting, taken in core_us.items():
        yield f"| {int(resting):,} | {taken:.1f} | {taken / first:.2f} |"
    yield ""


def _matching(taken_us: Mapping[str, float | None]) -> Iterator[str]:
    yield "## Matching\n"
    yield _BOOKS
    yield "| what | µs per order | of the library |"
    yield "|---|---|---|"
    library = taken_us["limit_order_book"]
    for name, taken in taken_us.items():
        shown = "not installed" if taken is None else f"{taken:.1f}"
        ratio = "" if taken is None or library is None else f"{taken / library:.2f}"
        yield f"| {name} | {shown} | {ratio} |"
    yield ""


def _oracle(cost: Figures) -> Iterator[str]:
    yield ""
    yield "## The oracle\n"
    yield "The evidence of that run, judged; then the same run again and again, a day later each time."
    yield "Both must be without a contradiction.\n"
    yield "| figure | |"
    yield "|---|---|"
    yield f"| records of the run | {cost['run_records']:,} |"
    yield f"| judged in | {cost['run_s']:.2f} s, {cost['share']:.1%} of the run's time |"
    yield f"| records of the long evidence | {cost['records']:,} |"
    yield f"| judged by two processes in | {cost['records_s']:.1f} s |"
    yield f"| contradictions | {cost['contradictions']} |"


def _pacing(pace: Figures) -> Iterator[str]:
    yield "## A run on a live environment\n"
    yield _RUN
    yield "| figure | |"
    yield "|---|---|"
    yield f"| order operations | {sum(pace['operations'].values()):,} |"
    yield f"| minimum time | {pace['min_s']:,.1f} s |"
    yield f"| wall time | {pace['wall_s']:,.1f} s |"
    yield f"| ratio | {pace['wall_s'] / pace['min_s']:.2f} |\n"
    yield "| where the time went, the slowest checks first | s |"
    yield "|---|---|"
    for name, seconds in pace["slowest_s"].items():
        yield f"| {name} | {seconds:.1f} |"
