"""What is read from records about orders."""

from fixtures.record.evidence import Channel
from reports.evidence.order_messages import orders, requests, rows, scalars
from tests.reports.made_up import LINK, ONE_ORDER, ORDER, RUN_ID, received, sent


def test_orders_of_the_run_are_found_with_their_ids() -> None:
    """An order_link_id is joined to the order_id that any record gives it."""
    assert orders(ONE_ORDER, f"{RUN_ID}-") == {LINK: ORDER}


def test_refused_order_has_no_order_id() -> None:
    """An intent that the venue refused is named without an order_id."""
    refused = [
        sent(0, Channel.REST, "POST /v5/order/create", {"orderLinkId": LINK}),
        received(
            1, Channel.REST, "POST /v5/order/create", {"retCode": 170131, "result": {}}, ret_code=170131
        ),
    ]

    assert orders(refused, f"{RUN_ID}-") == {LINK: ""}


def test_orders_of_others_are_ignored() -> None:
    """What does not carry the run's prefix is not of this run."""
    foreign = [
        received(0, Channel.PRIVATE, "order.spot", {"data": [{"orderId": "1", "orderLinkId": "theirs"}]})
    ]

    assert orders(foreign, f"{RUN_ID}-") == {}


def test_replies_find_their_requests_by_req_id() -> None:
    """Replies that come in another order are matched by reqId, others by their turn."""
    records = [
        sent(0, Channel.TRADE, "order.create", {"reqId": "a", "args": [{"orderLinkId": "x-1"}]}),
        sent(1, Channel.TRADE, "order.create", {"reqId": "b", "args": [{"orderLinkId": "x-2"}]}),
        received(2, Channel.TRADE, "order.create", {"reqId": "b"}, ret_code=0),
        received(3, Channel.TRADE, "order.create", {}, ret_code=0),
    ]

    assert {seq: request.seq for seq, request in requests(records).items()} == {2: 1, 3: 0}


def test_unreadable_and_public_text_names_no_order() -> None:
    """A body that is cut short or is market data names nothing, and does not fail."""
    cut = received(0, Channel.REST, "GET /v5/order/realtime", '{"result":{"list":[{"orderId":"1"')
    public = received(1, Channel.PUBLIC, "publicTrade", {"data": [{"orderId": "1"}]})

    assert rows(cut) == ()
    assert rows(public) == ()


def test_query_names_its_order() -> None:
    """The order_id of a query string counts."""
    asked = sent(0, Channel.REST, "GET /v5/order/realtime", f"category=spot&orderId={ORDER}")

    assert [row["orderId"] for row in rows(asked)] == [ORDER]


def test_scalars_are_what_a_message_holds_as_it_is_written() -> None:
    """Texts, figures and flags at whatever depth; what is no JSON, or too deep to be read, holds none."""
    body = '{"a": ["20.00", 2E+1, 7], "b": {"c": true, "d": null, "e": false}}'

    found = scalars(received(1, Channel.REST, "GET /v5/order/realtime", body))

    assert found is not None
    assert sorted(found) == ["20.00", "2E+1", "7", "false", "true"]
    for text in ('{"a": "20', "[" * 100_000):
        assert scalars(received(1, Channel.REST, "GET /v5/order/realtime", text)) is None
