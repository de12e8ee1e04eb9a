"""The timeline of an order."""

from fixtures.record.evidence import Channel, Direction, Record
from reports.evidence.timeline import as_html, clock, timelines
from tests.reports.made_up import LINK, ONE_ORDER, ORDER, RUN_ID, START_MS, received, sent

PREFIX = f"{RUN_ID}-"


def test_timeline_runs_from_request_to_last_query() -> None:
    """Requests, acknowledgements, states, wallet and queries of both transports stand in one timeline."""
    (timeline,) = timelines(ONE_ORDER, PREFIX)

    assert (timeline.order_link_id, timeline.order_id) == (LINK, ORDER)
    assert [moment.what for moment in timeline.moments] == [
        "create sent: Buy 20 @ 0.2501 PostOnly",
        "create acknowledged",
        "wallet pushed",
        "New 0/20 @ 0.2501",
        "cancel sent",
        "cancel acknowledged",
        "Cancelled 0/20 @ 0.2501",
        "execution list sent",
        "execution list shows nothing",
    ]
    assert [moment.seq for moment in timeline.moments] == list(range(9))
    assert timeline.moments[1].venue_ms == timeline.moments[1].at_ms - 3


def test_request_without_an_answer_is_shown_as_such() -> None:
    """The client's own note is no answer of the venue."""
    create = "POST /v5/order/create"
    records = [
        sent(0, Channel.REST, create, {"orderLinkId": LINK, "side": "Buy"}),
        Record(1, START_MS + 10, Channel.REST, Direction.NOTE, create, "(timeout)"),
    ]

    (timeline,) = timelines(records, PREFIX)

    assert timeline.moments[1].what == "create unanswered (timeout)"


def test_refusal_belongs_to_the_order_that_was_sent() -> None:
    """A refusal names no order; its request does."""
    records = [
        sent(0, Channel.REST, "POST /v5/order/create", {"orderLinkId": LINK, "side": "Buy"}),
        received(
            1, Channel.REST, "POST /v5/order/create", {"retCode": 170131, "result": {}}, ret_code=170131
        ),
    ]

    (timeline,) = timelines(records, PREFIX)

    assert [moment.what for moment in timeline.moments] == ["create sent: Buy", "create refused: 170131"]


def test_execution_and_reason_are_shown() -> None:
    """A fill is shown with its liquidity and execId, a terminal state with its reason."""
    fill = {"orderId": ORDER, "execId": "2100", "execQty": "20", "execPrice": "0.2501", "isMaker": False}
    end = {"orderId": ORDER, "orderLinkId": LINK, "orderStatus": "Rejected", "rejectReason": "EC_Others"}
    records = [
        received(0, Channel.PRIVATE, "order.spot", {"data": [end]}),
        received(1, Channel.PRIVATE, "execution.spot", {"data": [fill]}),
    ]

    (timeline,) = timelines(records, PREFIX)

    assert [moment.what for moment in timeline.moments] == [
        "Rejected EC_Others ?/? @ ?",
        "executed 20 @ 0.2501 as taker (execId 2100)",
    ]


def test_wallet_outside_of_an_order_s_timeline_is_ignored() -> None:
    """A wallet push before the first or after the last moment is not the order's."""
    wallet = received(9, Channel.PRIVATE, "wallet", {"data": []})

    (timeline,) = timelines([*ONE_ORDER, wallet], PREFIX)

    assert [moment.what for moment in timeline.moments].count("wallet pushed") == 1


def test_page_loads_nothing_and_escapes() -> None:
    """The page has no address in it and shows the venue's words as text."""
    end = {"orderId": ORDER, "orderLinkId": LINK, "orderStatus": "<script>"}
    page = as_html(timelines([received(0, Channel.PRIVATE, "order.spot", {"data": [end]})], PREFIX))

    assert "<script>" not in page
    assert "http" not in page


def test_clock_is_utc_to_the_millisecond() -> None:
    """The time of day in UTC; a dash where there is none."""
    assert clock(START_MS + 7) == "02:13:20.007"
    assert clock(None) == "-"


def test_what_a_gateway_did_stands_between_client_and_venue() -> None:
    """An order of another client has a timeline, in which the gateway's notes name the fault."""
    create, link = "tested client: POST /v5/order/create", "mm-1"
    asked = {"orderLinkId": link, "side": "Buy", "qty": "1", "price": "2"}
    note = "tested client: order.create (gateway: lose_answer)"
    records = [
        sent(0, Channel.REST, create, asked),
        received(1, Channel.REST, create, {"retCode": 0, "result": {"orderId": "7"}}, ret_code=0),
        Record(2, START_MS + 2, Channel.REST, Direction.NOTE, note, "(hang)", answers=0),
    ]

    (timeline,) = timelines(records, PREFIX)

    assert [moment.what for moment in timeline.moments] == [
        "tested client: create sent: Buy 1 @ 2",
        "tested client: create acknowledged",
        "gateway: lose_answer for tested client, order.create",
    ]
