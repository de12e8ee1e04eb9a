"""A maker's flow through unmodified ccxt: blocking, async, and its streams."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

import pytest

from fixtures.venue.demo_accounts import MAKER
from fixtures.venue.server import VenueAddress
from tests.real_clients.libraries import DEADLINE_S, ccxt, ccxt_async, ccxt_options, ccxt_pro

Row = dict[str, Any]

BTC = "BTC/USDT"
PASSIVE = (BTC, "limit", "buy", 0.001, 64900)
AMENDED = (BTC, "limit", "buy", None, 64800)
CROSSING = (BTC, "limit", "buy", 0.001, 65100)


def _link() -> str:
    return f"ccxt-{uuid4().hex[:20]}"


def _post_only(link: str) -> dict[str, object]:
    return {"postOnly": True, "clientOrderId": link}


@pytest.fixture(scope="module")
def blocking(venue: VenueAddress) -> Any:  # noqa: ANN401 - the library has no types
    """The blocking client, its markets loaded."""
    client = ccxt.bybit(ccxt_options(venue, MAKER.credentials))
    client.session.trust_env = False
    client.load_markets()
    return client


@pytest.fixture(scope="module")
async def awaited(venue: VenueAddress) -> AsyncIterator[Any]:
    """The async client, its markets loaded."""
    client = ccxt_async.bybit(ccxt_options(venue, MAKER.credentials))
    await client.load_markets()
    yield client
    await client.close()


@pytest.fixture(scope="module")
async def streaming(venue: VenueAddress) -> AsyncIterator[Any]:
    """The client with streams, its markets loaded."""
    client = ccxt_pro.bybit(ccxt_options(venue, MAKER.credentials))
    await client.load_markets()
    yield client
    await client.close()


def test_markets_are_loaded_from_both_instrument_queries(venue: VenueAddress, blocking: Any) -> None:  # noqa: ANN401
    """The signed query lists the public market with the same precision and limits."""
    signed = ccxt.bybit(ccxt_options(venue, MAKER.credentials, usePrivateInstrumentsInfo=True))
    signed.session.trust_env = False

    market = signed.load_markets()[BTC]

    assert market["active"]
    assert market["precision"] == blocking.market(BTC)["precision"]
    assert market["limits"] == blocking.market(BTC)["limits"]


def test_market_and_account_are_read(blocking: Any) -> None:  # noqa: ANN401
    """Book, ticker, fee rate and balances have the figures that ccxt looks for."""
    book, ticker = blocking.fetch_order_book(BTC, 50), blocking.fetch_ticker(BTC)
    fee, balance = blocking.fetch_trading_fee(BTC), blocking.fetch_balance()

    assert (ticker["bid"], ticker["ask"]) == (book["bids"][0][0], book["asks"][0][0])
    assert (fee["maker"], fee["taker"]) == (0.001, 0.001)
    assert balance["USDT"]["total"] > 0
    assert blocking.is_unified_enabled() == [False, True]


def test_a_post_only_order_rests_is_amended_and_cancelled(blocking: Any) -> None:  # noqa: ANN401
    """The resting order is read as its own PostOnly order, and finds its end in the history."""
    link = _link()
    order_id = blocking.create_order(*PASSIVE, _post_only(link))["id"]
    resting = blocking.fetch_open_order(order_id, BTC)
    assert (resting["status"], resting["timeInForce"], resting["clientOrderId"]) == ("open", "PO", link)

    assert blocking.edit_order(order_id, *AMENDED)["id"] == order_id
    assert blocking.fetch_open_order(order_id, BTC)["price"] == 64800

    blocking.cancel_order(order_id, BTC)
    assert order_id in {order["id"] for order in blocking.fetch_canceled_orders(BTC, None, 20)}


def test_a_taken_id_is_refused(blocking: Any) -> None:  # noqa: ANN401
    """A second order with the same id raises ccxt's InvalidOrder."""
    link = _link()
    blocking.create_order(*PASSIVE, _post_only(link))

    with pytest.raises(ccxt.InvalidOrder, match="170141"):
        blocking.create_order(*PASSIVE, _post_only(link))


def test_a_crossing_post_only_order_never_trades(blocking: Any) -> None:  # noqa: ANN401
    """The history shows the order without a fill, with the reason."""
    order_id = blocking.create_order(*CROSSING, _post_only(_link()))["id"]

    ended = {order["id"]: order for order in blocking.fetch_canceled_and_closed_orders(BTC, None, 20)}

    assert ended[order_id]["filled"] == 0
    assert ended[order_id]["info"]["rejectReason"] == "EC_PostOnlyWillTakeLiquidity"


def test_an_execution_is_listed(blocking: Any) -> None:  # noqa: ANN401
    """A taking order is closed, and its executions are a taker's, with a fee."""
    order_id = blocking.create_order(*CROSSING, {"timeInForce": "IOC"})["id"]

    trades = [trade for trade in blocking.fetch_my_trades(BTC, None, 50) if trade["order"] == order_id]

    assert sum(trade["amount"] for trade in trades) == pytest.approx(0.001)
    assert {trade["takerOrMaker"] for trade in trades} == {"taker"}
    assert all(trade["fee"]["cost"] > 0 for trade in trades)


def test_cancel_all_leaves_nothing(blocking: Any) -> None:  # noqa: ANN401
    """Every open order is named in the answer, and none is open after it."""
    ids = {blocking.create_order(*PASSIVE, _post_only(_link()))["id"] for _ in range(2)}

    ended = blocking.cancel_all_orders(BTC)

    assert ids <= {order["id"] for order in ended}
    assert blocking.fetch_open_orders(BTC) == []


async def test_the_async_client_makes_the_same_flow(awaited: Any) -> None:  # noqa: ANN401
    """Concurrent reads, then place, amend and cancel."""
    balance, ticker, book = await asyncio.gather(
        awaited.fetch_balance(), awaited.fetch_ticker(BTC), awaited.fetch_order_book(BTC)
    )
    assert balance["USDT"]["free"] > 0
    assert ticker["bid"] == book["bids"][0][0]

    order_id = (await awaited.create_order(*PASSIVE, _post_only(_link())))["id"]
    await awaited.edit_order(order_id, *AMENDED)
    assert (await awaited.fetch_open_order(order_id, BTC))["price"] == 64800
    assert (await awaited.cancel_order(order_id, BTC))["id"] == order_id


async def test_the_public_streams_are_read(streaming: Any) -> None:  # noqa: ANN401
    """Book and ticker arrive as ccxt's structures; a spot ticker's push carries no best bid and ask."""
    async with asyncio.timeout(DEADLINE_S):
        book = await streaming.watch_order_book(BTC, 50)
        ticker = await streaming.watch_ticker(BTC)

    assert book["bids"][0][0] < book["asks"][0][0]
    assert ticker["last"] > 0


async def test_an_order_of_the_trade_stream_is_watched(streaming: Any) -> None:  # noqa: ANN401
    """Place, amend and cancel on the trade stream, each seen on the private stream."""
    async with _watching(streaming.watch_orders) as seen:
        await _subscribed(streaming, seen)
        placed = await streaming.create_order_ws(*PASSIVE, _post_only(_link()))
        assert (await _next(seen, id=placed["id"]))["status"] == "open"
        await streaming.edit_order_ws(placed["id"], *AMENDED)
        assert (await _next(seen, id=placed["id"], price=64800))["status"] == "open"
        await streaming.cancel_order_ws(placed["id"], BTC)
        assert (await _next(seen, id=placed["id"], status="canceled"))["filled"] == 0


async def test_a_trade_is_watched(streaming: Any) -> None:  # noqa: ANN401
    """A taking order's execution is pushed to watch_my_trades."""
    async with _watching(streaming.watch_my_trades) as seen:
        await _subscribed(streaming, seen)
        placed = await streaming.create_order_ws(*CROSSING, {"timeInForce": "IOC"})

        assert (await _next(seen, order=placed["id"]))["takerOrMaker"] == "taker"


@asynccontextmanager
async def _watching(watch_rows: Callable[[str], Awaitable[list[Row]]]) -> AsyncIterator["asyncio.Queue[Row]"]:
    """Queue every row that a ``watch_…`` method yields, while the context is open."""
    rows: asyncio.Queue[Row] = asyncio.Queue()

    async def keep() -> None:
        while True:
            for row in await watch_rows(BTC):
                rows.put_nowait(dict(row))

    keeper = asyncio.ensure_future(keep())
    try:
        yield rows
    finally:
        keeper.cancel()
        await asyncio.wait({keeper})


async def _subscribed(client: Any, rows: "asyncio.Queue[Row]") -> None:  # noqa: ANN401
    """Trade until a push arrives: ccxt does not report when a subscription is active."""
    async with asyncio.timeout(DEADLINE_S):
        while rows.empty():
            await client.create_order_ws(*CROSSING, {"timeInForce": "IOC"})
            with suppress(TimeoutError):
                async with asyncio.timeout(0.2):
                    rows.put_nowait(await rows.get())


async def _next(rows: "asyncio.Queue[Row]", **fields: object) -> Row:
    """The next row that carries these fields."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            row = await rows.get()
            if fields.items() <= row.items():
                return row
