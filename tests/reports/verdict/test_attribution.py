"""Who has to fix a failure, read from data alone."""

from dataclasses import replace

import msgspec
import pytest

from fixtures.clients.errors import (
    HookFailed,
    Malformed,
    Misuse,
    Refused,
    Unanswered,
    Unreachable,
    Unresponsive,
)
from fixtures.clients.reply import Reply
from fixtures.desk import Answer, Blocked, LeftBehind, NotSeen, VenueLost
from fixtures.expect import (
    Cause,
    CheckFailed,
    Failure,
    Owner,
    Prerequisite,
    acknowledged,
    expect,
    nothing,
    refused,
)
from fixtures.harness.facts import Facts
from fixtures.record.evidence import Channel, Direction, Record
from fixtures.v5.codes import ABOUT_THE_SENDER, RetCode
from reports.verdict.attribution import CAUSE_OF_CODE, OWNER_OF_CAUSE, Seen, attribute, is_explained
from reports.verdict.cause import Attribution
from tests.reports.made_up import ONE_ORDER, received

FAILURE = Failure("the resting order's timeInForce", "PostOnly", "GTC", orders=("77",), values=("GTC",))
NO_FACTS = Facts()


def refusal(code: int, path: str = "/v5/order/create") -> Refused:
    """A refusal with this code."""
    return Refused(path, Reply(code, "no", {}, {}, None, None, "", 0))


def failed(**fields: object) -> CheckFailed:
    """A failed expectation with these fields changed."""
    return CheckFailed(replace(FAILURE, **fields))  # type: ignore[arg-type]


def unexpected(*answers: Answer) -> CheckFailed:
    """What is raised where each of these answers should have been an acknowledgement."""
    with pytest.raises(CheckFailed) as caught:
        expect("the answers", [answer for answer in answers if answer.ret_code], nothing)
    return caught.value


def seen(
    raised: BaseException,
    *records: Record,
    facts: Facts = NO_FACTS,
    library: str = "",
    one_machine: bool = False,
) -> Seen:
    """A case that did not pass."""
    return Seen(facts, library, raised, records or ONE_ORDER, one_machine)


def met(code: int, title: str = "POST /v5/order/create", channel: Channel = Channel.REST) -> Record:
    """An answer of the venue with this code."""
    return received(1, channel, title, {"retCode": code}, ret_code=code)


OF_EXCEPTIONS: list[tuple[BaseException, Owner | None, Cause | None]] = [
    (AssertionError("it traded"), Owner.VENUE, None),
    (failed(), Owner.VENUE, None),
    (failed(owner=Owner.LISTING), Owner.LISTING, None),
    (failed(cause=Cause.TAKES), Owner.VENUE, Cause.TAKES),
    (failed(cause=Cause.HIDDEN), Owner.VENUE, Cause.HIDDEN),
    (failed(code=RetCode.PERMISSION_DENIED), Owner.ACCOUNT, Cause.PERMISSION),
    (failed(code=RetCode.NOT_IN_DEMO_TRADING), Owner.LISTING, Cause.UNSERVED),
    (failed(code=0), Owner.VENUE, None),
    (unexpected(Answer(0, "OK"), Answer(RetCode.TOO_MANY_VISITS, "no")), Owner.ACCOUNT, Cause.PACE),
    (NotSeen(FAILURE), Owner.VENUE, None),
    (LeftBehind("R", ["R-1"]), Owner.VENUE, None),
    (Malformed("order.spot", "no orderId"), Owner.VENUE, None),
    (refusal(170134), Owner.VENUE, None),
    (refusal(RetCode.PERMISSION_DENIED), Owner.ACCOUNT, Cause.PERMISSION),
    (refusal(RetCode.PERMISSION_DENIED, "/v5/account/wallet-balance"), Owner.ACCOUNT, None),
    (refusal(RetCode.INVALID_API_KEY), Owner.ACCOUNT, Cause.KEY),
    (refusal(RetCode.INVALID_SIGNATURE), Owner.ACCOUNT, Cause.KEY),
    (refusal(RetCode.UNMATCHED_IP), Owner.ACCOUNT, Cause.KEY),
    (refusal(RetCode.API_KEY_EXPIRED), Owner.ACCOUNT, Cause.KEY),
    (refusal(RetCode.API_KEY_EXPIRED_DERIV), Owner.ACCOUNT, Cause.KEY),
    (refusal(RetCode.SYMBOL_NOT_WHITELISTED), Owner.ACCOUNT, Cause.WHITELIST),
    (refusal(RetCode.UID_NOT_AVAILABLE), Owner.ACCOUNT, Cause.WHITELIST),
    (refusal(RetCode.BALANCE_INSUFFICIENT), Owner.ACCOUNT, Cause.FUNDS),
    (refusal(RetCode.TOO_MANY_VISITS), Owner.ACCOUNT, Cause.PACE),
    (refusal(RetCode.TIMESTAMP_WINDOW), Owner.SUITE, Cause.CLOCK),
    (refusal(RetCode.NOT_IN_DEMO_TRADING), Owner.LISTING, Cause.UNSERVED),
    (Unanswered("order.create", "closed"), Owner.NETWORK, Cause.UNREACHED),
    (Unreachable("connect", "refused"), Owner.NETWORK, Cause.UNREACHED),
    (Unresponsive("the private stream was silent", "no pong"), Owner.NETWORK, Cause.UNREACHED),
    (VenueLost("the venue stopped answering"), Owner.NETWORK, Cause.UNREACHED),
    (Misuse("beyond the risk limits"), Owner.SUITE, None),
    (HookFailed("order", "KeyError"), Owner.SUITE, None),
    (OSError("gone"), Owner.SUITE, None),
    (Blocked("no key"), None, None),
]


@pytest.mark.parametrize(("raised", "owner", "cause"), OF_EXCEPTIONS)
def test_failure_belongs_to_somebody(raised: BaseException, owner: Owner | None, cause: Cause | None) -> None:
    """The code of a refusal decides first, then the failure's own data, then what was raised."""
    attributed = attribute(seen(raised))

    assert (attributed.owner, attributed.cause) == (owner, cause)


OF_CHECKS: list[tuple[Facts, BaseException, Owner, Cause | None]] = [
    ({"owner": Owner.ACCOUNT}, failed(), Owner.ACCOUNT, None),
    ({"owner": Owner.ACCOUNT}, failed(owner=Owner.LISTING), Owner.LISTING, None),
    ({"owner": Owner.LISTING}, failed(cause=Cause.HIDDEN), Owner.VENUE, Cause.HIDDEN),
    ({"owner": Owner.LISTING}, OSError("gone"), Owner.SUITE, None),
    ({"cause": Cause.UID}, failed(), Owner.ACCOUNT, Cause.UID),
    ({"cause": Cause.KEY}, failed(code=RetCode.TOO_MANY_VISITS), Owner.ACCOUNT, Cause.PACE),
    ({"cause": Cause.KEY}, refusal(170134), Owner.VENUE, None),
    ({"cause": Cause.CLOCK}, AssertionError("it is off"), Owner.SUITE, Cause.CLOCK),
    ({"provokes": {RetCode.INVALID_API_KEY}}, failed(code=RetCode.INVALID_API_KEY), Owner.VENUE, None),
    (
        {"provokes": {RetCode.INVALID_API_KEY}},
        failed(code=RetCode.PERMISSION_DENIED),
        Owner.ACCOUNT,
        Cause.PERMISSION,
    ),
]


@pytest.mark.parametrize(("facts", "raised", "owner", "cause"), OF_CHECKS)
def test_facts_of_a_check_say_what_its_failure_does_not(
    facts: Facts, raised: BaseException, owner: Owner, cause: Cause | None
) -> None:
    """Owner and cause of a check stand behind those of the failure, and what it provokes shows nothing."""
    attributed = attribute(seen(raised, facts=facts))

    assert (attributed.owner, attributed.cause) == (owner, cause)


@pytest.mark.parametrize(
    ("raised", "owner"),
    [
        (failed(), Owner.CLIENT),
        (failed(code=RetCode.INVALID_SIGNATURE), Owner.CLIENT),
        (failed(owner=Owner.SUITE), Owner.SUITE),
        (OSError("gone"), Owner.SUITE),
    ],
)
def test_order_client_owns_what_it_does_about_a_fault(raised: BaseException, owner: Owner) -> None:
    """The refusals in its records are injected faults: they show nothing about the key."""
    attributed = attribute(replace(seen(raised, met(RetCode.INVALID_API_KEY)), is_about_client=True))

    assert (attributed.owner, attributed.cause) == (owner, None)


def test_wording_changes_nothing() -> None:
    """A failure in other words keeps owner, cause and the message that proves it."""
    records = (
        received(1, Channel.PRIVATE, "order.spot", {"data": [{"orderId": "77", "timeInForce": "GTC"}]}),
        received(2, Channel.PRIVATE, "order.spot", {"data": [{"orderId": "78", "timeInForce": "IOC"}]}),
    )
    words = ("acknowledged", "is not listed", "refused with 10005", "although PostOnly", "pybit sent 78 IOC")
    for failure in (FAILURE, replace(FAILURE, owner=Owner.LIBRARY), replace(FAILURE, cause=Cause.TAKES)):
        plain = attribute(seen(CheckFailed(failure), *records, library="pybit"))
        assert plain.frame is not None
        assert plain.frame.seq == 1
        for word in words:
            reworded = replace(failure, what=word, expected=f"not {word}", seen=word, advice=word)
            changed = attribute(seen(CheckFailed(reworded), *records, library="pybit"))
            assert (changed.owner, changed.cause, changed.frame) == (plain.owner, plain.cause, plain.frame)


OF_LIBRARIES: list[tuple[BaseException, Owner | None, Cause | None]] = [
    (failed(owner=Owner.LIBRARY), Owner.LIBRARY, None),
    (failed(owner=Owner.LIBRARY, code=RetCode.PERMISSION_DENIED), Owner.LIBRARY, None),
    (AssertionError("it holds nothing"), Owner.LIBRARY, None),
    (KeyError("orderId"), Owner.LIBRARY, None),
    (failed(), Owner.VENUE, None),
    (failed(cause=Cause.TAKES), Owner.VENUE, Cause.TAKES),
    (failed(cause=Cause.HIDDEN), Owner.VENUE, Cause.HIDDEN),
    (failed(code=RetCode.PERMISSION_DENIED), Owner.ACCOUNT, Cause.PERMISSION),
    (NotSeen(FAILURE), Owner.VENUE, None),
    (LeftBehind("R", ["R-1"]), Owner.VENUE, None),
    (refusal(RetCode.PERMISSION_DENIED), Owner.ACCOUNT, Cause.PERMISSION),
    (refusal(170134), Owner.VENUE, None),
    (Unanswered("pybit 5.17.0", "refused"), Owner.NETWORK, Cause.UNREACHED),
    (Unresponsive("the venue was silent", "no answer"), Owner.NETWORK, Cause.UNREACHED),
    (Blocked("NEWUSDT is not visible to this key", missing=Prerequisite.SYMBOL), None, None),
]


@pytest.mark.parametrize(("raised", "owner", "cause"), OF_LIBRARIES)
def test_library_answers_for_itself_alone(
    raised: BaseException, owner: Owner | None, cause: Cause | None
) -> None:
    """Only a failure that names the library as its owner is the library's; any other is as in any check."""
    attributed = attribute(seen(raised, library="pybit"))

    assert (attributed.owner, attributed.cause) == (owner, cause)


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
@pytest.mark.parametrize("raised", [failed(owner=Owner.LIBRARY), OSError("X")])
def test_refusal_that_our_client_met_too_is_not_about_the_library(
    raised: BaseException, code: int, title: str, cause: Cause
) -> None:
    """A cause that the run's own client met explains what a library met; without it the library answers."""
    alone = seen(raised, met(code, title), library="ccxt")

    explained = replace(alone, found={cause, Cause.PACE})

    attributed = attribute(explained)
    assert (attributed.owner, attributed.cause) == (OWNER_OF_CAUSE[cause], cause)
    assert is_explained(explained, attributed)
    for found in (set(), {Cause.PACE}):
        attributed = attribute(replace(alone, found=found))
        assert (attributed.owner, attributed.cause) == (Owner.LIBRARY, None)
        assert not is_explained(replace(alone, found=found), attributed)


def test_order_of_a_library_that_is_refused_as_ours_are_is_explained() -> None:
    """A refused order of a library is judged, unless our own client was refused for the same before it."""
    passive = seen(failed(code=RetCode.TIMESTAMP_WINDOW), library="pybit")
    ours = replace(passive, found={Cause.CLOCK})
    taken = seen(failed(cause=Cause.TAKES), library="pybit")

    assert attribute(passive).cause is Cause.CLOCK
    assert not is_explained(passive, attribute(passive))
    assert is_explained(ours, attribute(ours))
    assert not is_explained(replace(taken, found={Cause.TAKES}), attribute(taken))


def test_scripted_refusal_explains_nothing() -> None:
    """A scripted reply of this machine is not the venue's, whatever its code."""
    by_script = msgspec.structs.replace(met(10002, "ccxt: order.create"), direction=Direction.NOTE)
    raised = seen(failed(owner=Owner.LIBRARY), by_script, library="ccxt")

    assert attribute(replace(raised, found={Cause.CLOCK})).owner is Owner.LIBRARY


def test_read_that_the_key_may_not_make_says_nothing_about_trading() -> None:
    """A denied read is a missing permission of its own, raised or met on the way."""
    denied = Blocked("the key may not read /v5/asset/coin/query-info")
    denied.__cause__ = refusal(RetCode.PERMISSION_DENIED, "/v5/asset/coin/query-info")
    read = met(10005, "GET /v5/asset/coin/query-info")

    blocked = attribute(seen(denied, read))
    traded = attribute(seen(failed(), read))

    assert (blocked.owner, blocked.cause) == (None, None)
    assert blocked.frame is not None
    assert blocked.frame.ret_code == 10005
    assert (traded.owner, traded.cause) == (Owner.VENUE, None)


@pytest.mark.parametrize("cause", [Cause.CLOCK, Cause.PACE])
def test_clock_and_pace_of_one_machine_are_the_venues(cause: Cause) -> None:
    """Where venue and suite share a machine, only the venue can show another time or another's requests."""
    assert attribute(seen(failed(cause=cause), one_machine=True)).owner is Owner.VENUE


def test_check_that_asked_nobody_is_the_suites() -> None:
    """A failure without a message of the venue judges the client's own policy."""
    alone = attribute(Seen(NO_FACTS, "", failed(), (), one_machine=False))

    assert (alone.owner, alone.frame) == (Owner.SUITE, None)


def test_refusal_in_the_records_explains_what_the_failure_does_not() -> None:
    """Five orders that a read-only key was refused fail a count, and are the key's all the same."""
    attributed = attribute(seen(failed(), met(10005)))

    assert (attributed.owner, attributed.cause) == (Owner.ACCOUNT, Cause.PERMISSION)
    assert attributed.frame is not None
    assert attributed.frame.ret_code == 10005


def test_a_session_too_many_is_no_unknown_key() -> None:
    """The trade stream refuses both with one code, which says of the key nothing there."""
    crowded, unknown = met(10003, "auth", Channel.TRADE), met(10003, "GET /v5/user/query-api")

    assert attribute(seen(failed(), crowded)).cause is None
    assert attribute(seen(failed(), unknown)).cause is Cause.KEY


def test_cause_of_a_missing_prerequisite_is_looked_for_behind_it() -> None:
    """A Blocked that was raised because of a refusal keeps the refusal's cause."""
    blocked = Blocked("the book is not served")
    blocked.__cause__ = refusal(RetCode.SYMBOL_NOT_WHITELISTED)

    assert attribute(seen(blocked)).cause is Cause.WHITELIST


def test_what_failures_of_a_kind_share_is_data() -> None:
    """Failures that differ only in what was seen are of one kind."""
    traded, other = attribute(seen(failed(seen="GTC"))), attribute(seen(failed(seen="IOC", orders=("78",))))

    assert traded.kind == other.kind == (FAILURE.what, FAILURE.expected)
    assert attribute(seen(failed(what="its price"))).kind != traded.kind
    assert attribute(seen(refusal(170134))).kind == attribute(seen(refusal(170134))).kind
    assert attribute(seen(refusal(170134))).kind != attribute(seen(refusal(170131))).kind
    unanswered = [attribute(seen(Unanswered("order.create", f"no answer in {ms} ms"))).kind for ms in (5, 9)]
    assert unanswered[0] == unanswered[1]


def test_missing_prerequisite_is_named() -> None:
    """A blocked check says which prerequisite another check looks for."""
    blocked = attribute(seen(Blocked("hidden", missing=Prerequisite.SYMBOL)))

    assert blocked.missing is Prerequisite.SYMBOL
    assert attribute(seen(Blocked("no key"))) == Attribution(
        None, None, attribute(seen(Blocked("no key"))).frame, ("Blocked", "no key", "")
    )


def test_codes_about_the_sender_have_their_cause() -> None:
    """Each code that a check can provoke with other keys has a cause for the key under test."""
    assert CAUSE_OF_CODE.keys() == ABOUT_THE_SENDER
    assert OWNER_OF_CAUSE.keys() == set(Cause)


def test_refusal_of_what_should_be_acknowledged_is_the_proof() -> None:
    """The frame is the reply whose code the failure is about, not the last message."""
    reply = received(1, Channel.TRADE, "order.create", {"retCode": 170134}, ret_code=170134)
    later = received(2, Channel.REST, "GET /v5/order/realtime", {"retCode": 0}, ret_code=0)
    with pytest.raises(CheckFailed) as unexpected_refusal:
        expect("a price on the grid", Answer(170134, "no"), acknowledged)

    for raised in (unexpected_refusal.value, refusal(170134)):
        frame = attribute(seen(raised, reply, later)).frame
        assert frame is not None
        assert (frame.seq, frame.title) == (1, "order.create")


def test_acknowledgement_of_what_should_be_refused_is_the_proof() -> None:
    """What should have been refused is proven by its acknowledgement, not by the push that follows."""
    answer = Answer(0, "OK", names=(("1666800494330512129", ""),))
    with pytest.raises(CheckFailed) as caught:
        expect("a price off the grid", answer, refused(170134))

    frame = attribute(seen(caught.value)).frame

    assert frame is not None
    assert frame.title in {"POST /v5/order/create", "order.cancel"}
    assert frame.ret_code == 0


def test_missing_reply_is_proven_only_by_an_unreadable_one() -> None:
    """A reply to another request does not prove a missing reply; an unreadable reply does."""
    conforming = received(1, Channel.REST, "GET /v5/market/time", {"retCode": 0}, ret_code=0)
    unreadable = received(2, Channel.REST, "GET /v5/order/realtime", {})
    unanswered = Unanswered("GET /v5/order/realtime", "unreadable: HTTP 502")

    assert attribute(seen(Unresponsive("the private stream was silent", "no pong"), conforming)).frame is None
    frame = attribute(seen(unanswered, conforming, unreadable)).frame
    assert frame is not None
    assert frame.seq == 2
