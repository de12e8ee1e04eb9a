"""Latencies from records."""

from fixtures.record.evidence import Channel
from reports.evidence.latency import MeasuredLatency, latencies
from tests.reports.made_up import LINK, ONE_ORDER, ORDER, received, sent


def test_each_kind_of_waiting_is_measured() -> None:
    """Acknowledgements come from the reply's own figure, pushes from the client's clock."""
    assert latencies(ONE_ORDER, {}) == (
        MeasuredLatency("cancel acknowledged, trade stream", (1930,), 1),
        MeasuredLatency("create acknowledged, REST", (8412,), 1),
        MeasuredLatency("acknowledged → New", (20_000,), 1000),
        MeasuredLatency("cancel sent → Cancelled", (20_000,), 1000),
    )


def test_refusals_are_not_measured() -> None:
    """How fast the venue says no is not how fast it acknowledges."""
    records = [
        sent(0, Channel.REST, "POST /v5/order/create", {"orderLinkId": LINK}),
        received(1, Channel.REST, "POST /v5/order/create", {}, ret_code=170131, elapsed_us=5),
    ]

    assert latencies(records, {}) == ()


def test_push_may_overtake_its_acknowledgement() -> None:
    """A push that came first is measured below zero, not lost."""
    state = {"orderId": ORDER, "orderLinkId": LINK, "orderStatus": "New"}
    records = [
        sent(0, Channel.REST, "POST /v5/order/create", {"orderLinkId": LINK}),
        received(1, Channel.PRIVATE, "order.spot", {"data": [state]}),
        received(2, Channel.REST, "POST /v5/order/create", {"result": state}, ret_code=0, elapsed_us=9),
    ]

    assert latencies(records, {})[-1] == MeasuredLatency("acknowledged → New", (-10_000,), 1000)


def test_lag_of_each_view_is_a_latency() -> None:
    """How long a view was looked at stands beside the acknowledgements, each view by itself."""
    lags = {"/v5/order/realtime": [480_000, 0], "/v5/account/wallet-balance": [0]}

    assert latencies((), lags) == (
        MeasuredLatency("looked for → shown, /v5/account/wallet-balance", (0,), 50_000),
        MeasuredLatency("looked for → shown, /v5/order/realtime", (0, 480_000), 50_000),
    )


def test_percentiles_are_nearest_rank() -> None:
    """The percentile is a value that was measured."""
    hundred = MeasuredLatency("ack", tuple(range(1, 101)), 1)

    assert (hundred.percentile(50), hundred.percentile(99), hundred.max_us) == (50, 99, 100)
    assert MeasuredLatency("ack", (7,), 1).percentile(99) == 7
