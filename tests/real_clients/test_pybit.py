"""A maker's flow through unmodified pybit: HTTP, its two streams, its trade stream."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from fixtures.v5 import paths
from fixtures.v5.codes import RetCode
from fixtures.venue.demo_accounts import MAKER
from fixtures.venue.server import VenueAddress
from tests.real_clients.libraries import Inbox, pybit_errors, pybit_http, pybit_trading, unified_trading

BTC = {"category": "spot", "symbol": "BTCUSDT"}
PASSIVE = {**BTC, "side": "Buy", "orderType": "Limit", "qty": "0.001", "price": "64900"}
POST_ONLY = {**PASSIVE, "timeInForce": "PostOnly"}
AMENDED, CROSSING = "64800", "65100"
SOCKET = {"testnet": False, "retries": 3, "restart_on_error": False, "private_auth_expire": 5}


def _link() -> str:
    return f"pybit-{uuid4().hex[:20]}"


@dataclass(slots=True)
class Streams:
    """What the private and the public stream have pushed."""

    orders: Inbox = field(default_factory=Inbox)
    executions: Inbox = field(default_factory=Inbox)
    book: Inbox = field(default_factory=Inbox)
    tickers: Inbox = field(default_factory=Inbox)


@pytest.fixture(scope="module")
def http(venue: VenueAddress) -> Any:  # noqa: ANN401 - the library has no types
    """A signed session."""
    return pybit_http(venue, MAKER.credentials)


@pytest.fixture(scope="module")
def pointed(venue: VenueAddress) -> Iterator[None]:
    """Patch the stream addresses, which are constants of pybit's modules, to the venue's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unified_trading, "PRIVATE_WSS", venue.stream + paths.PRIVATE_STREAM)
        patch.setattr(unified_trading, "PUBLIC_WSS", venue.stream + "/v5/public/{CHANNEL_TYPE}")
        patch.setattr(pybit_trading, "TRADE_WSS", venue.stream + paths.TRADE_STREAM)
        yield


@pytest.fixture(scope="module")
def streams(pointed: None) -> Iterator[Streams]:  # noqa: ARG001 - it patches pybit
    """Both streams, subscribed."""
    key = {"api_key": MAKER.credentials.key, "api_secret": MAKER.credentials.secret}
    private = unified_trading.WebSocket(channel_type="private", **key, **SOCKET)
    public = unified_trading.WebSocket(channel_type="spot", **SOCKET)
    pushed = Streams()
    private.order_stream(pushed.orders.take)
    private.execution_stream(pushed.executions.take)
    public.orderbook_stream(50, "BTCUSDT", pushed.book.take)
    public.ticker_stream("BTCUSDT", pushed.tickers.take)
    yield pushed
    private.exit()
    public.exit()


@pytest.fixture(scope="module")
def trade(pointed: None) -> Iterator[Any]:  # noqa: ARG001 - it patches pybit
    """The trade stream, authenticated."""
    key = {"api_key": MAKER.credentials.key, "api_secret": MAKER.credentials.secret}
    socket = unified_trading.WebSocketTrading(recv_window=5000, **key, **SOCKET)
    yield socket
    socket.exit()


def test_instruments_are_loaded_publicly_and_by_account(http: Any) -> None:  # noqa: ANN401
    """The account's instruments carry the filters that the public query publishes."""
    public = http.get_instruments_info(**BTC)["result"]["list"]
    private = http.get_account_instruments_info(**BTC)["result"]["list"]

    assert [row["symbol"] for row in private] == ["BTCUSDT"]
    assert [row["priceFilter"] for row in public] == [row["priceFilter"] for row in private]


def test_market_and_account_are_read(http: Any) -> None:  # noqa: ANN401
    """Clock, book, ticker, fee rate, key and balances are read without an error."""
    book = http.get_orderbook(**BTC, limit=50)["result"]
    ticker = http.get_tickers(**BTC)["result"]["list"][0]
    fee = http.get_fee_rates(**BTC)["result"]["list"][0]
    wallet = http.get_wallet_balance(accountType="UNIFIED")["result"]["list"][0]

    assert http.get_server_time()["retCode"] == 0
    assert book["s"] == ticker["symbol"] == fee["symbol"] == "BTCUSDT"
    assert (ticker["bid1Price"], ticker["ask1Price"]) == (book["b"][0][0], book["a"][0][0])
    assert {"BTC", "USDT"} <= {coin["coin"] for coin in wallet["coin"]}
    assert str(http.get_api_key_information()["result"]["userID"]) == MAKER.uid


def test_a_path_that_the_library_does_not_wrap_is_signed(http: Any) -> None:  # noqa: ANN401
    """_submit_request signs any path, as the checklist's page shows it."""
    reply = http._submit_request(
        method="GET", path=http.endpoint + paths.ACCOUNT_INSTRUMENTS, query=BTC, auth=True
    )

    assert [row["symbol"] for row in reply["result"]["list"]] == ["BTCUSDT"]


def test_a_post_only_order_rests_is_amended_and_cancelled(http: Any, streams: Streams) -> None:  # noqa: ANN401
    """Each step is pushed, and the order keeps its order id."""
    link = _link()
    order_id = http.place_order(**POST_ONLY, orderLinkId=link)["result"]["orderId"]
    assert streams.orders.until(orderLinkId=link)["orderStatus"] == "New"
    assert http.get_open_orders(**BTC, orderLinkId=link)["result"]["list"][0]["price"] == "64900"

    amended = http.amend_order(**BTC, orderId=order_id, price=AMENDED)["result"]
    assert amended["orderId"] == order_id
    streams.orders.until(orderId=order_id, price=AMENDED)

    http.cancel_order(**BTC, orderLinkId=link)
    assert streams.orders.until(orderId=order_id, orderStatus="Cancelled")["cumExecQty"] == "0"


def test_a_taken_id_is_refused(http: Any) -> None:  # noqa: ANN401
    """The second order with one orderLinkId is refused by its code, and one order is open."""
    link = _link()
    http.place_order(**POST_ONLY, orderLinkId=link)

    with pytest.raises(pybit_errors.InvalidRequestError) as refused:
        http.place_order(**POST_ONLY, orderLinkId=link)

    assert refused.value.status_code == RetCode.DUPLICATE_ORDER_LINK_ID
    assert len(http.get_open_orders(**BTC, orderLinkId=link)["result"]["list"]) == 1


def test_a_crossing_post_only_order_never_trades(http: Any, streams: Streams) -> None:  # noqa: ANN401
    """Stream and history show the same final status and the same reason."""
    link = _link()
    http.place_order(**{**POST_ONLY, "price": CROSSING}, orderLinkId=link)

    pushed = streams.orders.until(orderLinkId=link)
    kept = http.get_order_history(**BTC, orderLinkId=link)["result"]["list"]

    assert pushed["rejectReason"] == "EC_PostOnlyWillTakeLiquidity"
    assert [(row["orderStatus"], row["rejectReason"]) for row in kept] == [
        (pushed["orderStatus"], pushed["rejectReason"])
    ]


def test_an_execution_is_pushed_and_listed(http: Any, streams: Streams) -> None:  # noqa: ANN401
    """A taking order is filled, and the list holds the execution that the stream pushed."""
    link = _link()
    http.place_order(**{**PASSIVE, "price": CROSSING}, timeInForce="IOC", orderLinkId=link)

    pushed = streams.executions.until(orderLinkId=link)
    listed = http.get_executions(**BTC, orderId=pushed["orderId"])["result"]["list"]

    assert pushed["isMaker"] is False
    assert pushed["execId"] in {row["execId"] for row in listed}


def test_cancel_all_leaves_nothing(http: Any) -> None:  # noqa: ANN401
    """Every open order is named in the answer, and none is open after it."""
    ids = {http.place_order(**POST_ONLY)["result"]["orderId"] for _ in range(2)}

    ended = http.cancel_all_orders(**BTC)["result"]["list"]

    assert ids <= {row["orderId"] for row in ended}
    assert http.get_open_orders(**BTC)["result"]["list"] == []


def test_the_trade_stream_places_amends_and_cancels(trade: Any, streams: Streams) -> None:  # noqa: ANN401
    """Three operations are acknowledged to the callbacks that sent them; a taken id is an error."""
    link, answers, errors = _link(), Inbox(), Inbox()

    trade.place_order(answers.take, **POST_ONLY, orderLinkId=link)
    assert answers.until(op="order.create")["data"]["orderLinkId"] == link
    trade.place_order(answers.take, error_callback=errors.take, **POST_ONLY, orderLinkId=link)
    errors.until(op="order.create", retCode=RetCode.DUPLICATE_ORDER_LINK_ID)
    trade.amend_order(answers.take, **BTC, orderLinkId=link, price=AMENDED)
    answers.until(op="order.amend", retCode=0)
    trade.cancel_order(answers.take, **BTC, orderLinkId=link)
    answers.until(op="order.cancel", retCode=0)

    streams.orders.until(orderLinkId=link, orderStatus="Cancelled")


def test_the_public_stream_pushes_book_and_ticker(streams: Streams) -> None:
    """A snapshot of both sides and a ticker came for what was subscribed."""
    book = streams.book.until(topic="orderbook.50.BTCUSDT")["data"]

    assert book["b"]
    assert book["a"]
    assert streams.tickers.until(topic="tickers.BTCUSDT")["data"]["symbol"] == "BTCUSDT"
