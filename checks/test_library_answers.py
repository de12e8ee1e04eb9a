"""What Pybit and CCXT tell their caller of an answer: refusals, rate limits, replies on the trade stream.

A fault that no venue shows on demand is met by a script on this machine, which answers in the venue's
place; no venue is asked.

Source: docs/v5/error.mdx; docs/institutional/dmm-listing/spot.mdx, "Tips on Pybit & CCXT"
"""

import pytest

from checks import BLOCKER, MAJOR, check, each_library
from fixtures.desk import Transport
from fixtures.libraries import ACKNOWLEDGED, REHEARSED, Ccxt, Library, Pybit, Scripted, refused
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
"""The ancestor of every ccxt exception that says: it may have happened."""

UNATTRIBUTED = Scripted(RetCode.PERMISSION_DENIED, "Permission denied.", has_req_id=False)
"""A refusal that does not say which request it refuses."""

RESET_CURE = {
    "pybit": "take 10006 out of retry_codes and wait for the reset yourself, not below zero",
    "ccxt": "catch RateLimitExceeded and wait for the reset",
}
SETTLE_CURE = {
    "pybit": "look the order up by its orderLinkId when no callback came within five seconds",
    "ccxt": "put a time limit on createOrderWs and look the order up by its orderLinkId",
}
RECOVERY_CURE = {
    "pybit": "open another WebSocketTrading",
    "ccxt": "await close_ws_clients() after it: the client authenticates again on the connection that stands",
}


@check("SDK-08", severity=BLOCKER, at_risk=0, observes=0, library="pybit")
async def test_pybit_tells_the_code(pybit: Pybit) -> None:
    """Pybit hands every refusal to its caller with the venue's code, and sends the order once.

    Sequence: place by script, refused; for each of the codes.
    Passes: one create per code, and the exception carries that code.
    Cure: read the code from the exception's status_code, and look the order up.
    Source: docs/v5/error.mdx
    """
    made = {
        code: await pybit.place(REHEARSED, Transport.REST, [refused(code)])
        for code in OPEN_OUTCOMES + REFUSALS
    }

    wrong = [f"{code} as {one.told}" for code, one in made.items() if one.told.code != code]
    repeated = [str(int(code)) for code, one in made.items() if len(one.creates) != 1]
    assert wrong == [], f"{pybit} tells {'; '.join(wrong)}"
    assert repeated == [], f"{pybit} sent an order again after {', '.join(repeated)}: look it up instead"


@check("SDK-08", severity=MAJOR, at_risk=0, observes=0, library="ccxt")
async def test_ccxt_tells_an_open_outcome(ccxt: Ccxt) -> None:
    """After a code that leaves open whether the order rests, CCXT raises an exception that says so.

    A caller that drops the order on ExchangeError, as CCXT's manual suggests, would lose a live one.

    Sequence: place by script, refused with an ambiguous code; for each of the codes.
    Passes: every exception is an OperationFailed, and the order is sent once.
    Cure: read the code from the exception's text, and look the order up by its orderLinkId.
    Source: docs/v5/error.mdx
    """
    made = {code: await ccxt.place(REHEARSED, Transport.REST, [refused(code)]) for code in OPEN_OUTCOMES}

    wrong = [
        f"{int(code)} as {one.told.error}" for code, one in made.items() if MAY_REST not in one.told.classes
    ]
    assert [len(one.creates) for one in made.values()] == [1] * len(made), f"{ccxt} sent an order again"
    assert wrong == [], (
        f"{ccxt} raises {', '.join(wrong)} though the order may rest: "
        "look it up by its orderLinkId after these codes"
    )


@check("SDK-08", severity=MAJOR, at_risk=0, observes=0, library="ccxt")
async def test_ccxt_tells_a_refusal(ccxt: Ccxt) -> None:
    """After a code that refuses the order, CCXT raises an exception that does not invite another attempt.

    Sequence: place by script, refused; for each of the codes.
    Passes: every exception names the venue's code and is an ExchangeError, and the order is sent once.
    Cure: read the code from the exception's text.
    Source: docs/v5/error.mdx
    """
    made = {code: await ccxt.place(REHEARSED, Transport.REST, [refused(code)]) for code in REFUSALS}

    wrong = [
        f"{int(code)} as {one.told}" for code, one in made.items() if "ExchangeError" not in one.told.classes
    ]
    unnamed = [int(code) for code, one in made.items() if str(int(code)) not in one.told.text]
    assert [len(one.creates) for one in made.values()] == [1] * len(made), f"{ccxt} sent an order again"
    assert wrong == [], f"{ccxt} raises {', '.join(wrong)}"
    assert unnamed == [], f"{ccxt} does not tell the codes {unnamed}"


@each_library("SDK-09", severity=MAJOR)
@pytest.mark.parametrize("reset_in_ms", [-100, None, 300], ids=["past", "absent", "future"])
async def test_rate_limit_is_waited_out(library: Library, reset_in_ms: int | None) -> None:
    """A refusal for coming too often is waited out until the reset, or told as what it is.

    The reset's header is the time of the answer itself unless the limit is exceeded, clocks differ, and
    a limit per address names no reset at all.

    Sequence: place by script, 10006, the wait, the next attempt if there is one, acknowledged.
    Passes: the caller is answered, or told of a rate limit; the next attempt is not before the reset and
        at most five seconds later.
    Cure: keep 10006 out of the library's own retries, and wait for the reset, not below zero.
    Source: docs/v5/rate-limit/rate-limit.mdx
    """
    limited = refused(RetCode.TOO_MANY_VISITS, "Too many visits!", reset_in_ms=reset_in_ms)
    made = await library.place(REHEARSED, Transport.REST, [limited, ACKNOWLEDGED])

    told = made.told
    assert not told.classes or told.error in library.limit_errors, (
        f"{library} {told} after 10006 whose reset is {_spoken(reset_in_ms)}: {RESET_CURE[library.name]}"
    )
    waits = [one.at_ms - made.creates[0].at_ms for one in made.creates[1:]]
    assert all((reset_in_ms or 0) <= wait <= (reset_in_ms or 0) + 5000 for wait in waits), (
        f"{library} sent again after {waits} ms, the reset was {_spoken(reset_in_ms)}"
    )


@each_library("SDK-10", severity=MAJOR)
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(ACKNOWLEDGED, id="acknowledged"),
        pytest.param(refused(RetCode.PRICE_DECIMALS, "Order price has too many decimals."), id="refused"),
        pytest.param(UNATTRIBUTED, id="refused-without-reqId"),
    ],
)
async def test_trade_stream_call_settles(library: Library, answer: Scripted) -> None:
    """A call on the trade stream settles once the venue has answered, whatever the answer.

    Refusals of permission were seen without the reqId of the request that they refuse.

    Sequence: place on the trade stream by script, answered, the caller is told.
    Passes: the caller is told within five seconds, of an error when the answer is one.
    Cure: put a time limit on every call, and look the order up by its orderLinkId after it.
    Source: docs/v5/websocket/trade/guideline.mdx, reqId
    """
    (told,) = await library.place_in_turn(REHEARSED, [answer])

    assert told.is_settled, (
        f"{library} {told} after an answer with retCode {answer.ret_code}"
        f"{'' if answer.has_req_id else ' and no reqId'}: {SETTLE_CURE[library.name]}"
    )
    assert bool(told.classes) == (answer.ret_code != 0), f"{library} {told} after retCode {answer.ret_code}"


@each_library("SDK-10", severity=MAJOR)
async def test_trade_stream_goes_on_after_a_refusal(library: Library) -> None:
    """Orders that follow a refusal without a reqId are told as the venue answers them.

    Sequence: place on the trade stream by script, refused without a reqId; place twice more, acknowledged.
    Passes: either later call tells its acknowledgement within five seconds.
    Cure: open another connection after such a refusal.
    Source: docs/v5/websocket/trade/guideline.mdx, reqId; 20001
    """
    told = await library.place_in_turn(REHEARSED, [UNATTRIBUTED, ACKNOWLEDGED, ACKNOWLEDGED])

    ends = [one.error or ("an acknowledgement" if one.is_settled else "nothing") for one in told[1:]]
    assert ends == ["an acknowledgement"] * 2, (
        f"{library} told its caller {' and then '.join(ends)} after a refusal without reqId, though both "
        f"later orders were acknowledged: {RECOVERY_CURE[library.name]}"
    )


@each_library("SDK-10", severity=MAJOR)
async def test_trade_stream_call_settles_at_no_latency(library: Library) -> None:
    """A call on the trade stream settles although the answer is there before the sending call returns.

    That happens on a short wire, or when the machine turns to another thread at the wrong moment.

    Sequence: place on the trade stream by script, answered while the frame is being sent, the caller is told.
    Passes: the caller is told within five seconds.
    Cure: put a time limit on every call, and look the order up by its orderLinkId after it.
    Source: docs/v5/websocket/trade/guideline.mdx, reqId
    """
    told = (await library.place(REHEARSED, Transport.TRADE, [ACKNOWLEDGED], held=True)).told

    assert told.is_settled, (
        f"{library} {told} when the answer came before it had noted whom to tell: {SETTLE_CURE[library.name]}"
    )


def _spoken(reset_in_ms: int | None) -> str:
    if reset_in_ms is None:
        return "not named"
    return f"{abs(reset_in_ms)} ms {'in the past' if reset_in_ms < 0 else 'ahead'}"
