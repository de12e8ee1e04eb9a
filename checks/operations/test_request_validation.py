"""Refusals: other invalid requests, each refused with its documented code.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/error.mdx
"""

import pytest

from checks import MAJOR, check, during, needs, over_both_transports, over_trade_stream, without_real_money
from checks.operations._invalid_terms import UNKNOWN_SYMBOL, UNREADABLE
from fixtures.desk import (
    Account,
    Blocked,
    Desk,
    InstrumentView,
    Market,
    amount_terms,
    attempt_amend_with,
    attempt_batch_of_cancels,
    attempt_cancel_all_with,
    attempt_cancel_as,
    attempt_cancel_with,
    attempt_create_with,
    attempt_together,
)
from fixtures.expect import acknowledged, answered, expect, having, nothing, other_than, refused, show
from fixtures.v5 import paths
from fixtures.v5.codes import MALFORMED, RetCode
from fixtures.v5.enums import Phase, Side, SmpType
from fixtures.v5.identifiers import NO_SUCH_SYMBOL
from fixtures.v5.instrument import plain

MOST_ITEMS = 10
LONGEST_REQ_ID = 36
RPI_REFUSED = {RetCode.RPI_ONLY_MM, RetCode.RPI_ONLY_MM_UTA}


@check("ERR-01.05", severity=MAJOR, max_fills=0)
@needs(paths.ORDER_CANCEL_BATCH)
@over_both_transports
async def test_batch_of_ten_is_taken(desk: Desk) -> None:
    """A batch of ten is judged item by item.

    The batch of eleven is a case of its own, because both together exceed the rate limit.

    Sequence: batch of ten cancels of orders that do not exist, acknowledged.
    Passes: the answer carries retCode 0.
    Source: docs/v5/order/batch-cancel.mdx, request
    """
    ten = await attempt_batch_of_cancels(desk, MOST_ITEMS)

    expect("a batch of ten", ten, acknowledged)


@check("ERR-01.06", severity=MAJOR, max_fills=0)
@pytest.mark.parametrize(
    ("term", "codes"),
    [
        pytest.param({"category": "no-such"}, {RetCode.REQUEST_PARAM_ERROR}, id="category"),
        pytest.param({"symbol": NO_SUCH_SYMBOL}, UNKNOWN_SYMBOL, id="symbol"),
        pytest.param({"orderFilter": 1}, {RetCode.REQUEST_PARAM_ERROR}, id="number for orderFilter"),
        pytest.param({"orderFilter": "Iceberg"}, {RetCode.INVALID_ORDER_FILTER}, id="orderFilter"),
    ],
)
@without_real_money("Where money is real no cancel-all is sent.")
async def test_refused_cancel_all_carries_its_code(
    desk: Desk, term: dict[str, object], codes: set[RetCode]
) -> None:
    """A cancel-all with an unknown category, symbol or orderFilter, or with a number for text, is refused.

    Sequence: invalid cancel-all, refused.
    Passes: the refusal carries a documented code of the invalid term.
    Source: docs/v5/order/cancel-all.mdx, docs/v5/error.mdx
    """
    answer = await attempt_cancel_all_with(desk, **term)

    expect(f"a cancel-all with {show(term)}", answer, refused(codes))


@check("ERR-01.07", severity=MAJOR, max_fills=1, creates=2)
@pytest.mark.parametrize("op", ["create", "amend", "cancel"])
@without_real_money("Where money is real every request is about spot.")
async def test_illegal_category_carries_its_code(desk: Desk, op: str) -> None:
    """A category that does not exist is refused with 10001 over REST, in a create, an amend and a cancel.

    Sequence: create, New; create, amend or cancel of an unknown category, refused.
    Passes: the refusal carries 10001.
    Source: docs/v5/error.mdx, 10001
    """
    order = await desk.rest(Side.BUY)
    attempts = {
        "create": lambda: attempt_create_with(desk, category="no-such"),
        "amend": lambda: attempt_amend_with(desk, order, category="no-such", qty=plain(order.qty * 2)),
        "cancel": lambda: attempt_cancel_with(desk, order, category="no-such"),
    }

    answer = await attempts[op]()

    expect(f"{op} with an unknown category", answer, refused(RetCode.REQUEST_PARAM_ERROR), of=order)


@check("ERR-01.08", severity=MAJOR, max_fills=1, creates=1)
@over_trade_stream
@without_real_money("Where money is real every request is about spot.")
async def test_illegal_category_carries_its_code_on_the_stream(desk: Desk) -> None:
    """A category that does not exist is refused with 10404 on the trade stream.

    Sequence: create of an unknown category, refused.
    Passes: the refusal carries 10404.
    Source: docs/v5/websocket/trade/guideline.mdx, 10404
    """
    answer = await attempt_create_with(desk, category="no-such")

    expect("create with an unknown category", answer, refused(RetCode.WS_OP_OR_CATEGORY))


@check("ERR-01.09", severity=MAJOR, max_fills=0)
@needs(paths.ORDER_CANCEL_BATCH)
@over_both_transports
async def test_batch_has_ten_items_at_most(desk: Desk) -> None:
    """A batch of eleven, or of none, is refused as a whole.

    Sequence: batch of eleven cancels of orders that do not exist, batch of none, refused.
    Passes: both answers carry 10001, 170105 or 170130: no page names a code.
    Source: docs/v5/order/batch-cancel.mdx, request
    """
    answers = {count: await attempt_batch_of_cancels(desk, count) for count in (MOST_ITEMS + 1, 0)}

    for count, answer in answers.items():
        expect(f"a batch of {count}", answer, refused(MALFORMED))


@check("ERR-01.10", severity=MAJOR, max_fills=0)
@pytest.mark.parametrize("count", [0, 2])
@over_trade_stream
async def test_frame_is_for_one_request(desk: Desk, count: int) -> None:
    """A frame of the trade stream whose args has two requests, or none, is refused as a whole.

    Sequence: frame with two cancels of orders that do not exist, or with none, refused.
    Passes: the refusal carries 10001, 170105 or 170130: no page names a code.
    Source: docs/v5/websocket/trade/guideline.mdx, args
    """
    answer = await attempt_together(desk, count)

    expect(f"a frame with {count} cancels", answer, refused(MALFORMED))


@check("ERR-01.11", severity=MAJOR, max_fills=0)
@needs(paths.ORDER_CANCEL_BATCH)
@without_real_money("Where money is real every request is about spot.")
async def test_batch_of_illegal_category_carries_its_code(desk: Desk) -> None:
    """A batch of a category that does not exist is refused with 10001.

    Sequence: batch of one cancel with an unknown category, refused.
    Passes: the refusal carries 10001.
    Source: docs/v5/order/batch-cancel.mdx, category
    """
    answer = await attempt_batch_of_cancels(desk, 1, category="no-such")

    expect("a batch with an unknown category", answer, refused(RetCode.REQUEST_PARAM_ERROR))


@check("ERR-01.12", severity=MAJOR, max_fills=0)
@over_trade_stream
async def test_long_req_id_is_refused(desk: Desk) -> None:
    """A reqId of 36 characters is accepted, one of 37 is refused.

    Sequence: cancel of an order that does not exist under a reqId of 36 characters, then of 37.
    Passes: the first is judged on its content, the second carries 10001.
    Source: docs/v5/websocket/trade/guideline.mdx, reqId
    """
    longest = desk.fresh_link_id().ljust(LONGEST_REQ_ID, "r")

    at = await attempt_cancel_as(desk, longest)
    beyond = await attempt_cancel_as(desk, f"{desk.fresh_link_id()}".ljust(LONGEST_REQ_ID + 1, "r"))

    judged = having(ret_code=other_than(RetCode.REQUEST_PARAM_ERROR))
    expect(f"a cancel under a reqId of {LONGEST_REQ_ID} characters", at, judged)
    expect("a cancel under a longer reqId", beyond, refused(RetCode.REQUEST_PARAM_ERROR))


@check("ERR-01.13", severity=MAJOR, max_fills=1, creates=1)
@during(Phase.TRADING)
@without_real_money("An order that may take is not sent where money is real.")
@over_both_transports
async def test_amount_off_grid_carries_its_code(desk: Desk) -> None:
    """A market buy whose amount has too many decimals is refused with 170148.

    Sequence: create, refused.
    Passes: the refusal carries 170148, and no order is open.
    Source: docs/v5/error.mdx, 170148
    """
    answer = await attempt_create_with(desk, **amount_terms(desk, desk.instrument.quote_precision / 10))

    too_fine = "a market buy by an amount with too many decimals"
    expect(too_fine, answer, refused(RetCode.MARKET_AMOUNT_DECIMALS))
    expect(f"orders open after {too_fine}", await desk.open_orders(), nothing)


@check("ERR-01.14", severity=MAJOR, max_fills=1, creates=1)
@needs(paths.ACCOUNT_INSTRUMENTS)
@without_real_money("Where money is real every order is PostOnly.")
@over_both_transports
async def test_rpi_order_is_as_permitted(desk: Desk, market: Market, symbol: str) -> None:
    """An RPI order is acknowledged on a symbol that is open to RPI, and refused with 170355 elsewhere.

    The flag in instruments-info may be an hour old: an answer that contradicts it proves nothing until then.
    Where isPublicRpi and the deprecated myRpiPermission differ, either answer passes.

    Sequence: account's instruments-info query, passive create with timeInForce RPI, answer.
    Passes: the retCode is 0 where a flag is true, 170355 or 110119 where one is false.
    Source: docs/v5/account/instrument.mdx, isPublicRpi and myRpiPermission; docs/v5/error.mdx, 170355
    """
    (row,) = await market.listed(symbol, InstrumentView.ACCOUNT)

    answer = await attempt_create_with(desk, timeInForce="RPI")

    expect("an RPI order", answer, answered({RetCode.OK, *RPI_REFUSED}))
    if (answer.ret_code == RetCode.OK) not in row.rpi_flags:
        raise Blocked(
            f"an RPI order was {answer} against isPublicRpi, which may be an hour old: run again in an hour"
        )


@check("ERR-01.15", severity=MAJOR, max_fills=1, creates=1)
@over_both_transports
async def test_unknown_smp_type_is_refused_or_replaced(desk: Desk) -> None:
    """An unknown smpType is refused, or becomes CancelMaker where self-match prevention is forced.

    Sequence: create with a smpType that does not exist, refused; or acknowledged, New.
    Passes: the refusal carries 170130 or 10001, and no order is open; or the order shows CancelMaker.
    Source: docs/v5/error.mdx, 170130; docs/changelog/v5.mdx, 2026-08-04, Turkey, Kazakhstan and Georgia
    """
    answer = await attempt_create_with(desk, smpType="CancelAll")
    accepted = [await desk.resting(answer.order)] if answer.order else []

    expect("an order with an unknown smpType", answer, answered({RetCode.OK, *UNREADABLE}))
    left = [] if accepted else await desk.open_orders()
    expect("orders open after an unknown smpType was refused", left, nothing)
    for state in accepted:
        expect("smpType of an order sent with an unknown one", state.smp_type, SmpType.CANCEL_MAKER, of=state)


@check(
    "ERR-01.16", severity=MAJOR, max_fills=0, provokes={RetCode.INVALID_API_KEY, RetCode.INVALID_SIGNATURE}
)
async def test_missing_key_carries_its_code(account: Account) -> None:
    """A private read without an API key is refused with 10001.

    Sequence: read of the key's facts without a key, refused.
    Passes: the refusal carries 10001.
    Source: docs/v5/error.mdx, 10001
    """
    answer = await account.answer_without_key()

    expect("a private read without an API key", answer, refused(RetCode.REQUEST_PARAM_ERROR))
