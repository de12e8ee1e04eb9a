"""A venue in a process of its own, and runs of the checklist against it that are ended from outside."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import yaml

from fixtures.clients.clock import SystemClock
from fixtures.clients.context import ClientContext
from fixtures.clients.rest import RestClient
from fixtures.clients.risk import RiskCheck
from fixtures.config.allowance import Allowance
from fixtures.config.limits import RiskLimits
from fixtures.desk.orders.open_orders import open_orders
from fixtures.record.evidence import Evidence, Redactor
from fixtures.record.run import JOURNAL, Journal
from fixtures.venue.demo_accounts import MAKER, NON_WHITELISTED, TAKER, Demo
from proof.trial import ROOT

SYMBOL, PRICE = "NEWUSDT", Decimal("0.25")
_UNLIMITED = RiskLimits.model_validate(
    {"orders": 9999, "notional_per_order": "99", "notional_per_run": "99999", "price_band": "0.5"}
)

LAST_LINE = "DMM_STANDALONE_TAKER_SECRET"
"""The last line that the venue prints before it serves."""
_HOSTS = ("rest", "public_stream", "private_stream", "trade_stream")


@dataclass(frozen=True, slots=True)
class Standalone:
    """A venue in its own process.

    rest: its base URL
    environments: a file whose standalone environment is this venue
    variables: the environment variables with its keys
    """

    rest: str
    environments: Path
    variables: Mapping[str, str]

    @contextmanager
    def running(self, out: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
        """Start a run that writes to ``out``, in a session of its own; kill it when the context ends."""
        given = ["--env=standalone", "--client=none", f"--environments={self.environments}", f"--out={out}"]
        process = subprocess.Popen(  # noqa: S603 - our own pytest
            [sys.executable, "-u", "-m", "pytest", *given, *options],
            cwd=ROOT,
            env={**os.environ, **self.variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def client(self, folder: Path, run_id: str = "somebody", key: Demo = MAKER) -> RestClient:
        """A client of the venue whose orders belong to ``run_id``; the folder takes its journal."""
        clock, journal = SystemClock(), Journal(folder / JOURNAL)
        journal.open(run_id, "standalone", key.uid)
        allowed = Allowance(frozenset({SYMBOL}), real_money=False)
        risk_check = RiskCheck(run_id, journal, _UNLIMITED, clock.now_ms, allowed, {SYMBOL: PRICE}.get)
        return RestClient(
            self.rest,
            ClientContext(Evidence(Redactor(), clock.now_ms), clock, timeout_ms=60_000),
            credentials=key.credentials,
            risk_check=risk_check,
            recv_window_ms=60_000,
        )

    def open_orders(self, folder: Path) -> list[str]:
        """The orderLinkIds of the open orders of the UIDs that a run signs with."""
        return asyncio.run(self._open_orders(folder))

    async def _open_orders(self, folder: Path) -> list[str]:
        found: list[str] = []
        for key in (MAKER, TAKER, NON_WHITELISTED):
            client = self.client(folder, key=key)
            found += [state.order_link_id for state in await open_orders(client)]
            await client.close()
        return found


@contextmanager
def standalone(folder: Path) -> Iterator[Standalone]:
    """Start a venue as its users start it; it ends with the context. folder: takes its environments file."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "fixtures.venue", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield _answering(process, folder)
    finally:
        process.terminate()
        process.communicate()


def _answering(process: subprocess.Popen[str], folder: Path) -> Standalone:
    printed = ""
    while LAST_LINE not in printed:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise RuntimeError(f"the venue ended before it served: {printed}")
        printed += line
    found = re.search(r"http://127\.0\.0\.1:(\d+)", printed)
    if found is None:
        raise RuntimeError(f"the venue prints no address: {printed}")
    content = yaml.safe_load((ROOT / "environments.yaml").read_text(encoding="utf-8"))
    section = content["environments"]["standalone"]
    for name in _HOSTS:
        section[name] = section[name].replace("8900", found.group(1))
    path = folder / "environments.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return Standalone(found.group(), path, dict(re.findall(r"(DMM_STANDALONE_\w+)=(\S+)", printed)))
