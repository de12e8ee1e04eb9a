"""Measures what a signature costs, beside bare HMAC-SHA256 and beside putting an intent on disk."""

import hmac
import statistics
import timeit
from pathlib import Path

import msgspec

from bench.contestants import CREDENTIALS, LINK, ORDER
from fixtures.clients.signing import Signer
from fixtures.record.run import Journal, JournalEntry

_CALLS, _ROUNDS, _WRITES = 200, 151, 101
"""So few calls per turn that a turn mostly ends before the scheduler takes the core away."""
_NOW_MS = 1_795_000_000_000


def signing_us(folder: Path) -> dict[str, float]:
    """Microseconds of each step, medians of interleaved rounds."""
    signer, body = Signer.for_credentials(CREDENTIALS), msgspec.json.encode(ORDER)
    secret, payload = CREDENTIALS.secret.encode(), signer.rest_payload(_NOW_MS, 5000, body)
    journal = Journal(folder / "signing.jsonl")
    journal.open("bench", "bench")
    steps = {
        "bare HMAC-SHA256": (lambda: hmac.digest(secret, payload, "sha256").hex(), _CALLS),
        "our signature": (lambda: signer.sign(signer.rest_payload(_NOW_MS, 5000, body)), _CALLS),
        "our order, encoded and signed": (
            lambda: signer.sign(signer.rest_payload(_NOW_MS, 5000, msgspec.json.encode(ORDER))),
            _CALLS,
        ),
    }
    taken: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(_ROUNDS):
        for name, (step, calls) in steps.items():
            taken[name].append(timeit.timeit(step, number=calls) / calls * 1e6)
    intent = JournalEntry(LINK, "BTCUSDT", _NOW_MS)
    taken["an intent put on disk"] = [
        timeit.timeit(lambda: journal.write(intent), number=1) * 1e6 for _ in range(_WRITES)
    ]
    return {name: round(statistics.median(times), 2) for name, times in taken.items()}
