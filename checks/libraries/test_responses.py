"""What Pybit and CCXT report to their caller: refusals, rate limits, replies on the trade stream.

No venue sends these answers on demand: a script on this machine answers in the venue's place.

Source: docs/v5/error.mdx; docs/institutional/dmm-listing/spot.mdx, "Tips on Pybit & CCXT"
"""

from collections.abc import Mapping

import pytest

from checks import BLOCKER, MAJOR, check, each_library
from fixtures.desk import Transport
from fixtures.expect import Owner, between, expect, nothing, one_of, present, show
from fixtures.libraries import (
    ACKNOWLEDGED,
    REHEARSED,
    CallerView,
    Ccxt,
    Library,
    LibraryCall,
    Pybit,
    Scripted,
    refused,
)
from fixtures.v5.codes import RetCode

OPEN_OUTCOMES = (
    RetCode.TRADING_SERVICE_HIGH_LOAD,
    RetCode.SERVER_TIMEOUT,
    RetCode.SERVER_ERROR,
    RetCode.WS_SYSTEM_PROTECTION,
    RetCode.SPOT_INTERNAL_ERROR,
    RetCode.SPOT_BACKEND_TIMEOUT,
    RetCode.SPOT_NETWORK_ERROR,
    RetCode.CREATE_TIMEOUT,
)
"""After these an order may rest although it was answered with an error. Source: docs/v5/error.mdx"""

REFUSALS = (
    RetCode.REQUEST_PARAM_ERROR,
    RetCode.PERMISSION_DENIED,
    RetCode.BALANCE_INSUFFICIENT,
    RetCode.PRICE_DECIMALS,
    RetCode.ORDER_VALUE_TOO_LOW,
    RetCode.DUPLICATE_ORDER_LINK_ID,
)
"""After these an order certainly does not rest."""

MAY_REST = "OperationFailed"
"""The ancestor of every ccxt exception for a request that may have been carried out."""
IS_REFUSED = "ExchangeError"
"""The ancestor of every ccxt exception for a request that the venue refused."""

UNATTRIBUTED = Scripted(RetCode.PERMISSION_DENIED, "Permission denied.", has_req_id=False)
"""A refusal that does not say which request it refuses."""

RESET_REMEDIATION = {
    "pybit": "take 10006 out of retry_codes and wait for the reset yourself, never a negative time",
    "ccxt": "catch RateLimitExceeded and wait for the reset",
}
NO_ANSWER_REMEDIATION = {
    "pybit": "look the order up by its orderLinkId when no callback came within five seconds",
    "ccxt": "put a time limit on createOrderWs and look the order up by its orderLinkId",
}
RECOVERY_REMEDIATION = {
    "pybit": "open another WebSocketTrading",
    "ccxt": "await close_ws_clients() after it: ccxt authenticates a second time on the open connection",
}


@check("SDK-08.01", severity=BLOCKER, max_fills=0, min_messages=0, library="pybit", after_orders=True)
async def test_pybit_reports_the_code(pybit: Pybit) -> None:
    """Pybit reports every refusal to its caller with the venue's code, and does not resend the order.

    Sequence: place, refused by script; for each of the codes.
    Passes: one create per code, and the exception carries that code.
    Remediation: read the code from the exception's status_code, and look the order up.
    Source: docs/v5/error.mdx
    """
    calls = {
        code: await pybit.place(REHEARSED, Transport.REST, [refused(code)])
        for code in OPEN_OUTCOMES + REFUSALS
    }

    wrong = {code: call.reported.code for code, call in calls.items() if call.reported.code != code}
    reported = [f"{int(code)} as {show(other)}" for code, other in wrong.items()]
    expect(f"{pybit}'s codes that are not the venue's", reported, nothing, owner=Owner.LIBRARY)
    _expect_sent_once(pybit, calls)


@check("SDK-08.02", severity=MAJOR, max_fills=0, min_messages=0, library="ccxt", after_orders=True)
@pytest.mark.parametrize("code", OPEN_OUTCOMES)
async def test_ccxt_reports_an_open_outcome(ccxt: Ccxt, code: RetCode) -> None:
    """After a code that leaves open whether the order rests, CCXT raises an OperationFailed.

    A caller that drops the order on ExchangeError, as CCXT's manual suggests, would lose track of a live one.

    Sequence: place, refused by script with an ambiguous code.
    Passes: the exception is an OperationFailed, and the order is sent once.
    Remediation: read the code from the exception's text, and look the order up by its orderLinkId.
    Source: docs/v5/error.mdx
    """
    calls = {code: await ccxt.place(REHEARSED, Transport.REST, [refused(code)])}

    _expect_sent_once(ccxt, calls)
    expect(
        f"{ccxt}'s exception that is no {MAY_REST} though the order may rest",
        list(_exceptions(calls, MAY_REST).values()),
        nothing,
        owner=Owner.LIBRARY,
        advice="look the order up by its orderLinkId after this code",
    )


@check("SDK-08.03", severity=MAJOR, max_fills=0, min_messages=0, library="ccxt", after_orders=True)
async def test_ccxt_reports_a_refusal(ccxt: Ccxt) -> None:
    """After a code that refuses the order, CCXT raises an ExchangeError that names the code.

    A caller may take any other exception for a reason to send the order again.

    Sequence: place, refused by script; for each of the codes.
    Passes: every exception names the venue's code and is an ExchangeError, and the order is sent once.
    Remediation: read the code from the exception's text.
    Source: docs/v5/error.mdx
    """
    calls = {code: await ccxt.place(REHEARSED, Transport.REST, [refused(code)]) for code in REFUSALS}

    _expect_sent_once(ccxt, calls)
    wrong = _exceptions(calls, IS_REFUSED)
    expect(f"{ccxt}'s exceptions that are no {IS_REFUSED}", wrong, nothing, owner=Owner.LIBRARY)
    unnamed = [code for code, call in calls.items() if str(int(code)) not in call.reported.text]
    expect(f"{ccxt}'s exceptions that do not name the code", unnamed, nothing, owner=Owner.LIBRARY)


@each_library("SDK-09", severity=MAJOR, after_orders=True)
@pytest.mark.parametrize("reset_in_ms", [-100, None, 300], ids=["past", "absent", "future"])
async def test_rate_limit_is_waited_out(library: Library, reset_in_ms: int | None) -> None:
    """After a rate-limit refusal the library waits for the reset, or raises its rate-limit exception.

    The reset's header carries the time of the answer itself unless the limit is exceeded, clocks differ, and
    a limit per address names no reset at all.

    Sequence: place, 10006 by script, the wait, the next attempt if there is one, acknowledged by script.
    Passes: the call returns or raises the library's rate-limit exception; the next attempt is not before the
        reset and at most five seconds after it.
    Remediation: keep 10006 out of the library's own retries, and wait for the reset, never a negative time.
    Source: docs/v5/rate-limit/rate-limit.mdx
    """
    limited = refused(RetCode.TOO_MANY_VISITS, "Too many visits!", reset_in_ms=reset_in_ms)
    call = await library.place(REHEARSED, Transport.REST, [limited, ACKNOWLEDGED])

    expect(
        f"{library}'s exception after 10006 with the reset {_spoken(reset_in_ms)}",
        call.reported.error or None,
        one_of({None, *library.limit_errors}),
        owner=Owner.LIBRARY,
        advice=RESET_REMEDIATION[library.name],
    )
    what = f"{library}'s wait before it sent again, with the reset {_spoken(reset_in_ms)}"
    allowed = between(reset_in_ms or 0, (reset_in_ms or 0) + 5000, "ms")
    for resent in call.creates[1:]:
        expect(what, resent.at_ms - call.creates[0].at_ms, allowed, owner=Owner.LIBRARY)


@each_library("SDK-10.01", severity=MAJOR, after_orders=True)
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(ACKNOWLEDGED, id="acknowledged"),
        pytest.param(refused(RetCode.PRICE_DECIMALS, "Order price has too many decimals."), id="refused"),
        pytest.param(UNATTRIBUTED, id="refused-without-reqId"),
    ],
)
async def test_trade_stream_call_is_answered(library: Library, answer: Scripted) -> None:
    """A call on the trade stream returns or raises once the venue has answered, whatever the answer.

    Refusals for a missing permission have been seen without the reqId of the request that they refuse.

    Sequence: place on the trade stream, answered by script, the call returns or raises.
    Passes: the call ends within five seconds, with an error when the answer is one.
    Remediation: put a time limit on every call, and look the order up by its orderLinkId after it.
    Source: docs/v5/websocket/trade/guideline.mdx, reqId
    """
    (reported,) = await library.place_in_turn(REHEARSED, [answer])

    answered = f"retCode {answer.ret_code}{'' if answer.has_req_id else ' without reqId'}"
    _expect_result(library, reported, f"a call that was answered with {answered}")
    what = f"{library} reports an error after {answered}"
    expect(what, bool(reported.classes), answer.ret_code != 0, owner=Owner.LIBRARY)


@each_library("SDK-10.02", severity=MAJOR, after_orders=True)
async def test_trade_stream_goes_on_after_a_refusal(library: Library) -> None:
    """Orders that follow a refusal without a reqId are reported as the venue answers them.

    Sequence: place on the trade stream, refused by script without a reqId; place twice more, acknowledged by
        script.
    Passes: each later call returns its acknowledgement within five seconds.
    Remediation: open another connection after such a refusal.
    Source: docs/v5/websocket/trade/guideline.mdx, reqId; 20001
    """
    _, *later = await library.place_in_turn(REHEARSED, [UNATTRIBUTED, ACKNOWLEDGED, ACKNOWLEDGED])

    expect(
        f"{library}'s results of two orders acknowledged after a refusal without reqId",
        [reported.error or ("acknowledged" if reported.is_answered else None) for reported in later],
        ["acknowledged"] * 2,
        owner=Owner.LIBRARY,
        advice=RECOVERY_REMEDIATION[library.name],
    )


@each_library("SDK-10.03", severity=MAJOR, after_orders=True)
async def test_trade_stream_call_is_answered_at_no_latency(library: Library) -> None:
    """A call on the trade stream returns or raises even when it is answered before its send returns.

    That happens on a short wire, or when the machine turns to another thread at the wrong moment.

    Sequence: place on the trade stream, answered by script while the frame is being sent, the call returns or
        raises.
    Passes: the call ends within five seconds.
    Remediation: put a time limit on every call, and look the order up by its orderLinkId after it.
    Source: docs/v5/websocket/trade/guideline.mdx, reqId
    """
    reported = (await library.place(REHEARSED, Transport.TRADE, [ACKNOWLEDGED], held=True)).reported

    _expect_result(library, reported, "a call that was answered before its send returned")


def _expect_sent_once(library: Library, calls: Mapping[RetCode, LibraryCall]) -> None:
    expect(
        f"{library}'s codes after which it did not send exactly one create",
        [code for code, call in calls.items() if len(call.creates) != 1],
        nothing,
        owner=Owner.LIBRARY,
        advice="look the order up instead",
    )


def _expect_result(library: Library, reported: CallerView, call: str) -> None:
    expect(
        f"{library}'s result of {call}",
        reported if reported.is_answered else None,
        present,
        owner=Owner.LIBRARY,
        advice=NO_ANSWER_REMEDIATION[library.name],
    )


def _exceptions(calls: Mapping[RetCode, LibraryCall], ancestor: str) -> dict[int, str | None]:
    """Code -> what was raised, where that is not of this kind; None where nothing was raised."""
    wrong = {code: call.reported for code, call in calls.items() if ancestor not in call.reported.classes}
    return {int(code): reported.error or None for code, reported in wrong.items()}


def _spoken(reset_in_ms: int | None) -> str:
    if reset_in_ms is None:
        return "absent"
    return f"{abs(reset_in_ms)} ms {'in the past' if reset_in_ms < 0 else 'ahead'}"
