"""An embedded venue with every connection of a run on it, made afresh for each walk in a few milliseconds."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

from fixtures.clients.clock import SystemClock
from fixtures.config.allowance import allowance
from fixtures.config.environment import Environment, Role, read_file, select
from fixtures.desk import Transport
from fixtures.desk.desk_session import connect
from fixtures.desk.scenarios.walk import Walker
from fixtures.harness.options import embedded_at
from fixtures.record.evidence import Evidence, Redactor
from fixtures.record.run import Journal, JournalEntry, Run
from fixtures.v5.enums import Phase
from fixtures.venue.defects import defective
from fixtures.venue.server import serve
from fixtures.venue.venue_options import VenueOptions
from proof.trial import ROOT

SYMBOL = "XRPUSDT"
"""A listing that trades, whose makers get a rebate: the sign of a fee matters."""
RUN_ID = "261123-000000-walk"
_HASTE = {"event_ms": 20, "look_up_ms": 20, "quiet_period_ms": 1}
"""Milliseconds. A pong comes after every push that the venue owes and its views do not lag, so that waiting
longer would show no more; a walk that fails, and is shrunk, waits for them many times."""
_SHORT_S, _HEARTBEAT_S = 0.005, 5.0
_QUICK = VenueOptions(ack_latency_ms=0, tier="MM3")


class HastyClock(SystemClock):
    """A clock that cuts the pauses before a reconnect short, of which a walk has many."""

    async def pause(self, seconds: float) -> None:
        """Return after this many seconds; after a few milliseconds where they are a pause of the policy."""
        await super().pause(_SHORT_S if _SHORT_S < seconds < _HEARTBEAT_S else seconds)


class MemoryJournal(Journal):
    """A journal of orders that end with their venue, so that nobody has to find them after a kill."""

    def __init__(self) -> None:
        super().__init__(Path())
        self._entries: list[JournalEntry] = []

    def sign(self, role: Role, uid: str) -> None:
        """Note nothing: no order is looked for under the UID."""

    def write(self, entry: JournalEntry) -> None:
        """Keep one order."""
        self._entries.append(entry)

    def entries(self) -> list[JournalEntry]:
        """Return the orders."""
        return list(self._entries)


@cache
def _local() -> Environment:
    local = select(read_file(ROOT / "environments.yaml"), "local", {})
    return replace(local, timeouts=local.timeouts.model_copy(update=_HASTE))


@asynccontextmanager
async def world(defects: Collection[str] = (), symbol: str = SYMBOL) -> AsyncIterator[Walker]:
    """Serve a venue with these defects and connect a market maker and a second UID to it."""
    environment, clock = _local(), HastyClock()
    venue = defective(defects)(environment.listings, options=_QUICK)
    venue.set_phase(symbol, Phase.TRADING)
    async with serve(venue) as address:
        run = Run(
            run_id=RUN_ID,
            folder=Path(),
            environment=embedded_at(environment, address.rest, address.stream),
            symbols=(symbol,),
            evidence=Evidence(Redactor(), clock.now_ms),
            journal=MemoryJournal(),
        )
        allowed = allowance(run.environment, run.symbols, ())
        async with connect(run, clock, allowed) as connected:
            instrument = await connected.instrument(symbol)
            async with connected.desk_of("taker", instrument, follows=True) as taker:
                desks = {via: connected.desk(instrument, via) for via in Transport}
                yield Walker(desks, connected.private, taker)
