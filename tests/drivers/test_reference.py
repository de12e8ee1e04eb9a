"""Tests of the reference driver against the embedded venue."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.mutant_clients import EXPECTED, MUTANTS
from fixtures.config.environment import read_file, read_listings
from fixtures.driver.__main__ import KEY, SECRET, EmbeddedView, hosts_of
from fixtures.driver.child_process import Command
from fixtures.driver.driver import Driver
from fixtures.driver.errors import Declined
from fixtures.driver.protocol import Hosts, NewOrder, Start, State
from fixtures.v5.enums import Side
from fixtures.venue.demo_accounts import MAKER
from fixtures.venue.server import serve
from fixtures.venue.venue import Venue

ROOT = Path(__file__).parents[2]
SYMBOL = "XRPUSDT"
COMMAND = Command(("python", "-m", "drivers.reference"), ROOT)
KEYS = {KEY: MAKER.credentials.key, SECRET: MAKER.credentials.secret}


@dataclass(frozen=True, slots=True)
class Scene:
    """An embedded venue, and the lives of one client on it."""

    view: EmbeddedView
    start: Start
    stack: AsyncExitStack

    async def life(self) -> Driver:
        """Start the client; its orders and its state directory are those of its earlier lives."""
        driver = await self.stack.enter_async_context(await Driver.launch(COMMAND, KEYS))
        await driver.initialize()
        await driver.start(self.start)
        return driver

    def order(self, intent: str, ticks: int = 50) -> NewOrder:
        """A buy so many ticks below the best bid."""
        instrument = self.view.instrument
        price = instrument.away(self.view.best_bid(), Side.BUY, ticks)
        return NewOrder(intent, Side.BUY, price, instrument.min_qty(price) * 2)


@asynccontextmanager
async def scene(state: Path) -> AsyncIterator[Scene]:
    """A venue with nothing on it of the client."""
    venue = Venue(read_listings(ROOT / "environments.yaml"))
    async with serve(venue) as address, AsyncExitStack() as stack:
        start = Start(hosts_of(address), SYMBOL, KEY, SECRET, "rest", str(state))
        yield Scene(EmbeddedView(venue, SYMBOL), start, stack)


async def test_a_killed_client_adopts_its_orders(tmp_path: Path) -> None:
    """After kill -9 the next life knows every order of the one before, by intent and by id."""
    async with scene(tmp_path) as on:
        killed = await on.life()
        for number in range(3):
            await killed.submit(on.order(f"i{number}"))
        for number in range(3):
            assert (await killed.wait_for(f"i{number}", State.LIVE, within_s=5)).state is State.LIVE
        assert await killed.kill() == -9

        restarted = await on.life()

        assert set(await restarted.open_orders()) == set(on.view.own_open_ids())
        assert (await restarted.order("i1")).state is State.LIVE
        assert await restarted.terminate() == 0
        assert not on.view.own_open_ids()


async def test_a_post_only_order_that_would_take_is_rejected(tmp_path: Path) -> None:
    """An order through the touch is acknowledged, and then REJECTED with the matching engine's reason."""
    async with scene(tmp_path) as on:
        driver = await on.life()
        await driver.submit(on.order("a", ticks=-50))

        report = await driver.wait_for("a", State.REJECTED, State.LIVE, within_s=5)

        assert (report.state, report.reason) == (State.REJECTED, "EC_PostOnlyWillTakeLiquidity")
        assert State.LIVE not in {change.report.state for change in driver.changes}


async def test_an_order_off_the_grid_is_declined(tmp_path: Path) -> None:
    """An order that breaks a filter is refused before anything is sent, and so is an unknown intent."""
    async with scene(tmp_path) as on:
        driver = await on.life()
        order = on.order("a")
        price = order.price + on.view.instrument.tick_size / 2

        with pytest.raises(Declined, match="filter: tick_size"):
            await driver.submit(NewOrder("a", order.side, price, order.qty))
        with pytest.raises(Declined, match="no order of the intent a"):
            await driver.cancel("a")


async def test_hosts_with_real_money_are_declined(tmp_path: Path) -> None:
    """A client that nobody allowed real money does not start on hosts other than loopback and testnet."""
    hosts = Hosts("https://api.example", *(f"wss://stream.example/{name}" for name in "abc"))
    async with await Driver.launch(COMMAND, KEYS) as driver:
        await driver.initialize()
        with pytest.raises(Declined) as declined:
            await driver.start(Start(hosts, SYMBOL, KEY, SECRET, "rest", str(tmp_path)))
    assert declined.value.reason == "host: api.example is not a host that this client may trade on"


def test_each_mutant_names_a_check_and_says_what_it_does_wrong() -> None:
    """A mutant has one sentence, and at least one check that must fail on it."""
    for name, kind in MUTANTS.items():
        assert EXPECTED[name], name
        assert (kind.__doc__ or "").count("\n") == 0, name
        assert (kind.__doc__ or "").endswith("."), name


def test_the_client_of_the_file_is_the_reference_driver() -> None:
    """environments.yaml names the reference driver with all that it offers."""
    section = read_file(ROOT / "environments.yaml").clients["reference"]

    assert section.command == COMMAND.words
    assert (section.capabilities.batch, section.capabilities.recovery) == (10, True)
