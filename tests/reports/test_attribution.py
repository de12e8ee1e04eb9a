"""Whose a failure is, and which message proves it."""

from dataclasses import replace

import msgspec
import pytest

from fixtures.clients.errors import HookFailed, Malformed, Misuse, Refused, Silent, Unanswered, Unreachable
from fixtures.clients.reply import Reply
from fixtures.desk import Blocked
from fixtures.desk.errors import LeftBehind, NotSeen
from fixtures.evidence import Channel, Direction, Record
from fixtures.expect import Failure
from fixtures.v5.codes import RetCode
from reports.attribution import LONGEST_FRAME, PARTY_OF_CAUSE, Seen, attribute, is_explained
from reports.finding import Attribution, Cause, Party
from tests.reports.made_up import ONE_ORDER, received, sent


def refused(code: int, path: str = "/v5/order/create") -> Refused:
    """A refusal with this code."""
    return Refused(path, Reply(code, "no", {}, {}, None, None, "", 0))


def seen(
    check_id: str,
    raised: BaseException,
    *records: Record,
    library: str = "",
    one_machine: bool = False,
) -> Seen:
    """A making that did not pass."""
    return Seen(check_id, library, raised, str(raised), records or ONE_ORDER, one_machine)


WHOSE: list[tuple[str, BaseException, Party | None, Cause | None]] = [
    ("MKR-02", AssertionError("executed 20 @ 0.2502"), Party.VENUE, None),
    ("MKR-02", AssertionError("executed 20 @ 0.2 as taker although PostOnly"), Party.VENUE, Cause.TAKES),
    ("MKR-30", AssertionError("9 taken although PostOnly, the first executed 2"), Party.VENUE, Cause.TAKES),
    ("MKR-02", Malformed("order.spot", "no orderId"), Party.VENUE, None),
    ("MKR-02", refused(170134), Party.VENUE, None),
    ("MKR-02", LeftBehind("R", ["R-1"]), Party.VENUE, None),
    ("MKR-02", refused(RetCode.PERMISSION_DENIED), Party.ACCOUNT, Cause.PERMISSION),
    ("PRM-11", refused(RetCode.PERMISSION_DENIED, "/v5/account/wallet-balance"), Party.ACCOUNT, None),
    ("MKR-02", refused(RetCode.INVALID_API_KEY), Party.ACCOUNT, Cause.KEY),
    ("MKR-02", refused(RetCode.INVALID_SIGNATURE), Party.ACCOUNT, Cause.KEY),
    ("MKR-02", refused(RetCode.UNMATCHED_IP), Party.ACCOUNT, Cause.KEY),
    ("MKR-02", refused(RetCode.API_KEY_EXPIRED), Party.ACCOUNT, Cause.KEY),
    ("MKR-02", refused(RetCode.API_KEY_EXPIRED_DERIV), Party.ACCOUNT, Cause.KEY),
    ("MKR-02", refused(RetCode.SYMBOL_NOT_WHITELISTED), Party.ACCOUNT, Cause.WHITELIST),
    ("MKR-02", refused(RetCode.UID_NOT_AVAILABLE), Party.ACCOUNT, Cause.WHITELIST),
    ("MKR-02", refused(RetCode.BALANCE_INSUFFICIENT), Party.ACCOUNT, Cause.FUNDS),
    ("MKR-02", refused(RetCode.TIMESTAMP_WINDOW), Party.SUITE, Cause.CLOCK),
    ("VIS-06", refused(RetCode.NOT_IN_DEMO_TRADING), Party.LISTING, Cause.UNSERVED),
    ("ERR-01", AssertionError("a batch of 10 was refused with 10032 'no'"), Party.LISTING, Cause.UNSERVED),
    ("FLT-04", AssertionError("it was refused with 10005 'Invalid'"), Party.ACCOUNT, Cause.PERMISSION),
    ("PRM-13", AssertionError("a wrong secret was refused with 10003 'no'"), Party.VENUE, None),
    ("ERR-01", AssertionError("a bad signature was refused with 10003 'no'"), Party.VENUE, None),
    ("ERR-01", AssertionError("empty qty: refused with 10005 'no'"), Party.ACCOUNT, Cause.PERMISSION),
    ("PRM-01", AssertionError("a signed read was odd"), Party.ACCOUNT, Cause.KEY),
    ("PRM-01", AssertionError("4 of 5 reads: one was refused with 10006 'no'"), Party.ACCOUNT, Cause.PACE),
    ("MKR-02", refused(RetCode.TOO_MANY_VISITS), Party.ACCOUNT, Cause.PACE),
    ("PRM-02", AssertionError("the key's UID is another"), Party.ACCOUNT, Cause.UID),
    ("PRM-03", AssertionError("the key is read-only"), Party.ACCOUNT, Cause.PERMISSION),
    ("PRM-04", AssertionError("the key may withdraw"), Party.ACCOUNT, None),
    ("PRM-11", AssertionError("a Buy of 5 USDT locks 0"), Party.VENUE, None),
    ("RTY-05", AssertionError("the clock is off"), Party.SUITE, Cause.CLOCK),
    ("VIS-01", AssertionError("the view does not return NEWUSDT exactly once"), Party.VENUE, Cause.HIDDEN),
    ("FLT-01", AssertionError("NEWUSDT is not listed"), Party.VENUE, Cause.HIDDEN),
    ("PRM-12", AssertionError("NEWUSDT is not listed"), Party.VENUE, Cause.HIDDEN),
    ("FLT-02", AssertionError("tickSize 0.001, agreed 0.0001"), Party.LISTING, None),
    ("VIS-05", AssertionError("the status is PreLaunch"), Party.LISTING, None),
    ("CON-05", Unanswered("order.create", "closed"), Party.NETWORK, Cause.UNREACHED),
    ("CON-05", Unreachable("connect", "refused"), Party.NETWORK, Cause.UNREACHED),
    ("CON-05", Blocked("the venue stopped answering during MKR-01"), Party.NETWORK, Cause.UNREACHED),
    ("CON-05", Silent("the private stream was silent", "no pong"), Party.NETWORK, Cause.UNREACHED),
    ("CON-05", NotSeen(Failure("the order stream", "New", "none", within_ms=9)), Party.VENUE, None),
    ("CON-05", Misuse("beyond the budget"), Party.SUITE, None),
    ("CON-05", HookFailed("order", "KeyError"), Party.SUITE, None),
    ("CON-05", OSError("gone"), Party.SUITE, None),
    ("CON-05", Blocked("no stranger key"), None, None),
]


@pytest.mark.parametrize(("check_id", "raised", "party", "cause"), WHOSE)
def test_failure_belongs_to_somebody(
    check_id: str, raised: BaseException, party: Party | None, cause: Cause | None
) -> None:
    """The code of a refusal decides first, then what the check judges, then what was raised."""
    attributed = attribute(seen(check_id, raised))

    assert (attributed.party, attributed.cause) == (party, cause)


OF_LIBRARIES: list[tuple[BaseException, Party | None, Cause | None]] = [
    (AssertionError("pybit 5.17.0 sent timeInForce GTC for a PostOnly order"), Party.LIBRARY, None),
    (AssertionError("pybit 5.17.0 raised X: refused with 10005"), Party.LIBRARY, None),
    (AssertionError("did not hold: 1 == 2"), Party.LIBRARY, None),
    (KeyError("orderId"), Party.LIBRARY, None),
    (AssertionError("executed 20 @ 0.2 as taker (execId 1) although PostOnly"), Party.VENUE, Cause.TAKES),
    (AssertionError("the order rests as GTC"), Party.VENUE, None),
    (AssertionError("the venue does not return NEWUSDT exactly once"), Party.VENUE, Cause.HIDDEN),
    (
        AssertionError("a passive order of pybit was refused with 10005 'no'"),
        Party.ACCOUNT,
        Cause.PERMISSION,
    ),
    (refused(RetCode.PERMISSION_DENIED), Party.ACCOUNT, Cause.PERMISSION),
    (refused(170134), Party.VENUE, None),
    (Blocked("NEWUSDT is not visible to this key: see VIS-01"), None, None),
]


@pytest.mark.parametrize(("raised", "party", "cause"), OF_LIBRARIES)
def test_library_answers_for_itself_alone(
    raised: BaseException, party: Party | None, cause: Cause | None
) -> None:
    """What begins with the library's name is the library's; what else is found is as in any check."""
    attributed = attribute(seen("SDK-05", raised, library="pybit"))

    assert (attributed.party, attributed.cause) == (party, cause)


@pytest.mark.parametrize(
    ("code", "title", "cause"),
    [
        (10002, "ccxt 4.5.90: GET /v5/account/info", Cause.CLOCK),
        (10004, "ccxt 4.5.90: auth", Cause.KEY),
        (10005, "ccxt 4.5.90: order.create", Cause.PERMISSION),
        (170131, "ccxt 4.5.90: order.create", Cause.FUNDS),
        (10032, "ccxt 4.5.90: GET /v5/account/info", Cause.UNSERVED),
    ],
)
@pytest.mark.parametrize("raised", [AssertionError("ccxt 4.5.90 raised X"), OSError("X")])
def test_what_everybody_meets_is_not_about_the_library(
    raised: BaseException, code: int, title: str, cause: Cause
) -> None:
    """A cause that the run's own client met explains what a library met; without it the library answers."""
    met = received(1, Channel.REST, title, {"retCode": code}, ret_code=code)
    alone = seen("SDK-05", raised, met, library="ccxt")

    explained = replace(alone, found={cause, Cause.PACE})

    assert attribute(explained) == Attribution(PARTY_OF_CAUSE[cause], cause, attribute(explained).frame)
    assert is_explained(explained, attribute(explained))
    for found in (set(), {Cause.PACE}):
        attributed = attribute(replace(alone, found=found))
        assert (attributed.party, attributed.cause) == (Party.LIBRARY, None)
        assert not is_explained(replace(alone, found=found), attributed)


def test_order_of_a_library_that_is_refused_as_ours_are_is_explained() -> None:
    """A refused order of a library is judged, unless our own client was refused for the same before it."""
    passive = seen(
        "SDK-05", AssertionError("a passive order of pybit was refused with 10002"), library="pybit"
    )
    ours = replace(passive, found={Cause.CLOCK})
    taken = seen("SDK-05", AssertionError("executed 20 although PostOnly"), library="pybit")

    assert attribute(passive).cause is Cause.CLOCK
    assert not is_explained(passive, attribute(passive))
    assert is_explained(ours, attribute(ours))
    assert not is_explained(replace(taken, found={Cause.TAKES}), attribute(taken))


def test_scripted_refusal_explains_nothing() -> None:
    """What a script on this machine answered is no word of the venue, whatever its code."""
    scripted = received(1, Channel.REST, "ccxt: order.create", {"retCode": 10002}, ret_code=10002)
    by_script = msgspec.structs.replace(scripted, direction=Direction.NOTE)
    raised = seen("SDK-08", AssertionError("ccxt 4.5.90 raises 10002 as X"), by_script, library="ccxt")

    assert attribute(replace(raised, found={Cause.CLOCK})).party is Party.LIBRARY


def test_silent_venue_is_not_the_librarys() -> None:
    """What a library makes of a venue that does not answer is the network's."""
    attributed = attribute(seen("SDK-05", Unanswered("pybit 5.17.0", "refused"), library="pybit"))

    assert (attributed.party, attributed.cause) == (Party.NETWORK, Cause.UNREACHED)


def test_read_that_the_key_may_not_make_says_nothing_about_trading() -> None:
    """A denied read is a missing permission of its own, raised or met on the way."""
    denied = Blocked("the key may not read /v5/asset/coin/query-info")
    denied.__cause__ = refused(RetCode.PERMISSION_DENIED, "/v5/asset/coin/query-info")
    met = received(1, Channel.REST, "GET /v5/asset/coin/query-info", {"retCode": 10005}, ret_code=10005)

    blocked = attribute(seen("VIS-06", denied, met))
    failed = attribute(seen("MKR-02", AssertionError("executed 20"), met))

    assert (blocked.party, blocked.cause) == (None, None)
    assert blocked.frame is not None
    assert blocked.frame.ret_code == 10005
    assert (failed.party, failed.cause) == (Party.VENUE, None)


def test_clock_of_one_machine_is_the_venues() -> None:
    """Where venue and suite share a clock, only the venue can show another time."""
    assert attribute(seen("RTY-05", AssertionError("off"), one_machine=True)).party is Party.VENUE


def test_funds_are_the_accounts_where_no_order_was_sent() -> None:
    """The same id judges the funds and whether an order locks them."""
    balance = received(0, Channel.REST, "GET /v5/account/wallet-balance", {"retCode": 0}, ret_code=0)

    attributed = attribute(seen("PRM-11", AssertionError("the wallet holds less"), balance))

    assert (attributed.party, attributed.cause) == (Party.ACCOUNT, Cause.FUNDS)


def test_check_that_asked_nobody_is_the_suites() -> None:
    """A failure without a message of the venue judges the client's own policy."""
    alone = Seen("ERR-03", "", AssertionError("no action for 170131"), "no action for 170131", (), False)  # noqa: FBT003 - its last field

    assert (attribute(alone).party, attribute(alone).frame) == (Party.SUITE, None)


def test_refusal_in_the_records_explains_what_the_sentence_does_not() -> None:
    """Five orders that a read-only key was refused fail a count, and are the key's all the same."""
    refusal = received(1, Channel.REST, "POST /v5/order/create", {"retCode": 10005}, ret_code=10005)

    attributed = attribute(seen("IDM-04", AssertionError("5 requests made the orders "), refusal))

    assert (attributed.party, attributed.cause) == (Party.ACCOUNT, Cause.PERMISSION)
    assert attributed.frame is not None
    assert attributed.frame.ret_code == 10005


def test_refusal_is_the_proof() -> None:
    """The frame is the reply whose code the failure names, not the last message."""
    refusal = received(1, Channel.TRADE, "order.create", {"retCode": 170134}, ret_code=170134)
    later = received(2, Channel.REST, "GET /v5/order/realtime", {"retCode": 0}, ret_code=0)

    frame = attribute(seen("MKR-01", refused(170134), refusal, later)).frame

    assert frame is not None
    assert (frame.seq, frame.channel, frame.title, frame.ret_code) == (
        1,
        "trade stream",
        "order.create",
        170134,
    )


def test_wrong_acknowledgement_is_the_proof() -> None:
    """What should have been refused is proven by its acknowledgement, not by the push that follows."""
    frame = attribute(seen("FLT-04", AssertionError("a price off the grid was acknowledged"))).frame

    assert frame is not None
    assert frame.title in {"POST /v5/order/create", "order.cancel"}
    assert frame.ret_code == 0


def test_shared_figures_find_the_proof_and_the_excerpt() -> None:
    """Of several messages the one that holds the sentence's figures, shown around them."""
    fill = received(1, Channel.REST, "GET /v5/execution/list", {"pad": "x" * 2000, "execId": "2290000000001"})
    later = received(2, Channel.PRIVATE, "wallet", {"data": []})

    frame = attribute(seen("MKR-02", AssertionError("executed (execId 2290000000001)"), fill, later)).frame

    assert frame is not None
    assert frame.seq == 1
    assert "2290000000001" in frame.text
    assert frame.text.startswith("…")
    assert len(frame.text) <= LONGEST_FRAME + 2


def test_a_word_of_the_venues_finds_the_proof() -> None:
    """A sentence without a figure is proven by the message that holds its words, and hardly by a wallet."""
    state = received(1, Channel.PRIVATE, "order.spot", {"data": [{"timeInForce": "GTC"}]})
    later = received(2, Channel.PRIVATE, "wallet", {"data": []})

    for sentence in ("the order rests as GTC", "a resting order is missing"):
        frame = attribute(seen("MKR-01", AssertionError(sentence), state, later)).frame
        assert frame is not None
        assert frame.title == "order.spot"


def test_what_was_sent_or_told_to_everybody_proves_nothing() -> None:
    """A request is no word of the venue, and a public push no answer."""
    request = sent(0, Channel.REST, "GET /v5/market/time", "")
    reply = received(1, Channel.REST, "GET /v5/market/time", {"retCode": 0}, ret_code=0)
    public = received(2, Channel.PUBLIC, "orderbook.50", {"data": {}})

    frame = attribute(seen("VIS-03", AssertionError("it differs"), request, reply, public)).frame

    assert frame is not None
    assert frame.seq == 1


def test_cause_of_a_missing_prerequisite_is_looked_for_behind_it() -> None:
    """A Blocked that was raised because of a refusal keeps the refusal's cause."""
    blocked = Blocked("the book is not served")
    blocked.__cause__ = refused(RetCode.SYMBOL_NOT_WHITELISTED)

    assert attribute(seen("MKR-01", blocked)).cause is Cause.WHITELIST


@pytest.mark.parametrize(
    "raised", [Silent("the venue was silent", "no answer"), Unanswered("create", "closed")]
)
def test_silence_is_no_library_s(raised: BaseException) -> None:
    """What a library could not do because nobody answered is the network's."""
    assert attribute(seen("SDK-05", raised, library="pybit")).party is Party.NETWORK


def test_what_did_not_come_is_proven_by_its_own_order() -> None:
    """The proof of a missing push is a message about the same order; another message is none."""
    acknowledged = received(
        1, Channel.REST, "POST /v5/order/create", {"result": {"orderId": "77"}}, ret_code=0
    )
    later = received(2, Channel.REST, "GET /v5/market/time", {"result": {"timeSecond": "5000"}}, ret_code=0)
    missed = NotSeen(Failure("the order stream", "New", "none", orders=("77",), within_ms=5000))

    frame = attribute(seen("MKR-01", missed, acknowledged, later)).frame

    assert frame is not None
    assert frame.seq == 1
    assert attribute(seen("MKR-01", missed, later)).frame is None


def test_nobody_s_word_proves_that_nobody_answered() -> None:
    """An answer to something else is no proof of a silence; an answer that cannot be read is."""
    sound = received(1, Channel.REST, "GET /v5/market/time", {"retCode": 0}, ret_code=0)
    unreadable = received(2, Channel.REST, "GET /v5/order/realtime", {})
    unanswered = Unanswered("GET /v5/order/realtime", "unreadable: HTTP 502 ''")

    assert attribute(seen("CON-11", Silent("the private stream was silent", "no pong"), sound)).frame is None
    frame = attribute(seen("CON-11", unanswered, sound, unreadable)).frame
    assert frame is not None
    assert frame.seq == 2
