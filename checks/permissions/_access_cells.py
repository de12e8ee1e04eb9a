"""Cells of the table of access: a rule at a way in, each one request, all judged in one expectation."""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus

from fixtures.clients.signing import RestPayload, Signing
from fixtures.clients.streams.auth import ArgsChange
from fixtures.config.environment import Credentials
from fixtures.desk import AS_SENT, End, Verb, WayIn, WaysIn, ends_of
from fixtures.expect import Matcher, acknowledged, expect, having, one_of, other_than, refused
from fixtures.v5 import paths
from fixtures.v5.codes import RetCode

Cells = Mapping[str, tuple[object, Matcher]]
"""The name of a cell -> the venue's answer, and what it must be."""

UNKNOWN_KEY = "NoSuchKey000000000"
WRONG = refused(RetCode.INVALID_SIGNATURE)
EMPTY = refused({RetCode.INVALID_SIGNATURE, RetCode.REQUEST_PARAM_ERROR, HTTPStatus.UNAUTHORIZED})
"""The refusals that fit a key without a signature. Source: docs/v5/error.mdx, HTTP 401, 10001 and 10004"""
UNSIGNED = refused(
    {
        RetCode.REQUEST_PARAM_ERROR,
        RetCode.INVALID_API_KEY,
        RetCode.INVALID_SIGNATURE,
        RetCode.PERMISSION_DENIED,
        HTTPStatus.UNAUTHORIZED,
    }
)
"""The refusals that fit a request without credentials. Source: docs/v5/error.mdx, HTTP 401 and 10001"""
UNKNOWN = refused({RetCode.INVALID_API_KEY, HTTPStatus.UNAUTHORIZED})
_OF_AUTH = {None, RetCode.REQUEST_PARAM_ERROR, RetCode.INVALID_API_KEY, RetCode.INVALID_SIGNATURE}
UNAUTHENTICATED = having(accepted=False, code=one_of(_OF_AUTH))
"""The refusals of a stream's auth; the private stream sends no code."""
EXPIRED = having(
    accepted=False, code=one_of(_OF_AUTH | {RetCode.TIMESTAMP_WINDOW, RetCode.PERMISSION_DENIED})
)
"""Those of an auth that has expired, for which no page names a code."""


def _sign(change: Callable[[str], str]) -> Signing:
    return Signing(sign=change)


def _payload(change: Callable[[RestPayload], RestPayload]) -> Signing:
    return Signing(payload=change)


def _wrong_at(place: int) -> Callable[[str], str]:
    """Change the character at a place; one in the padding, or beside it, stands for the last that counts."""

    def change(sign: str) -> str:
        # The last character of base64 before its padding has bits that nobody reads.
        most = len(sign) - (4 if sign.endswith("=") else 1)
        at = min(place, most)
        return f"{sign[:at]}{'1' if sign[at] == '0' else '0'}{sign[at + 1 :]}"

    return change


def _of_other_content(payload: RestPayload) -> RestPayload:
    last = b"y" if payload.sent.endswith(b"x") else b"x"
    return payload._replace(sent=payload.sent[:-1] + last)


_LAST = 10_000
"""A place beyond every signature."""
SIGNS: Mapping[str, Callable[[str], str]] = {
    "first-byte-wrong": _wrong_at(0),
    "middle-byte-wrong": _wrong_at(32),
    "last-byte-wrong": _wrong_at(_LAST),
    "empty": lambda _: "",
}
"""What is wrong with a signature -> how it is changed; an HMAC has 64 hex digits."""
FURTHER_SIGNS: Mapping[str, Callable[[str], str]] = {
    **{f"digit-{place}-wrong": _wrong_at(place) for place in range(4, 64, 4)},
    "one-byte-short": lambda sign: sign[:-2],
    "first-half": lambda sign: sign[: len(sign) // 2],
    "second-half": lambda sign: sign[len(sign) // 2 :],
    "one-byte-long": lambda sign: f"{sign}00",
    "twice": lambda sign: 2 * sign,
}
SIGNATURES = {
    **{name: _sign(change) for name, change in SIGNS.items()},
    "of-other-content": _payload(_of_other_content),
    "of-other-window": _payload(lambda x: x._replace(recv_window=x.recv_window + b"0")),
}
"""What is wrong with the signature of a REST request -> how it is signed."""
FURTHER_SIGNATURES = {
    **{name: _sign(change) for name, change in FURTHER_SIGNS.items()},
    "of-no-content": _payload(lambda x: x._replace(sent=b"" if x.sent else b"x")),
    "of-other-timestamp": _payload(lambda x: x._replace(timestamp=b"%d" % (int(x.timestamp) + 1))),
    "of-no-window": _payload(lambda x: x._replace(recv_window=b"")),
    "of-other-key": _payload(lambda x: x._replace(key=UNKNOWN_KEY.encode())),
}


def _auth_sign(change: Callable[[str], str]) -> ArgsChange:
    return lambda args: [args[0], args[1], change(str(args[2]))]


AUTHS: Mapping[str, ArgsChange] = {
    **{name: _auth_sign(change) for name, change in SIGNS.items()},
    "of-other-expiry": lambda args: [args[0], int(args[1]) + 1, args[2]],
    "of-no-key": lambda args: ["", *args[1:]],
    "of-unknown-key": lambda args: [UNKNOWN_KEY, *args[1:]],
    "without-signature": lambda args: args[:2],
    "without-args": lambda _: [],
}
"""What is wrong with a stream's auth -> its args."""
FURTHER_AUTHS = {name: _auth_sign(change) for name, change in FURTHER_SIGNS.items()}
LONG_AGO_MS, JUST_MS = -60_000, -250
EXPIRED_MS = {"expired-long-ago": LONG_AGO_MS, "expired-just-now": JUST_MS}

_SHORT, _LONG, _DEFAULT = ends_of("1000", 1000), ends_of("10000", 10_000), ends_of("", 5000)
ASKED = (*_SHORT[:3], _LONG[0], _LONG[3])
"""Three ends of a short window, the past of a long one, and further ahead than any window allows."""
UNASKED = _DEFAULT[:2]
EVERY_END = (*_SHORT, *ends_of("5000", 5000), *_LONG, *_DEFAULT)
FEW_PER_SECOND = {paths.USER_API_KEY, paths.ACCOUNT_FEE_RATE}
"""Queries of which the venue answers ten a second or fewer."""
_LATE = refused(RetCode.TIMESTAMP_WINDOW)
_IN_TIME = having(ret_code=other_than(RetCode.TIMESTAMP_WINDOW))
_READS = {
    paths.ORDER_REALTIME,
    paths.ORDER_HISTORY,
    paths.EXECUTION_LIST,
    paths.ACCOUNT_WALLET,
    paths.ACCOUNT_INFO,
}


async def signature_cells(ways: WaysIn, wrong: Mapping[str, Signing]) -> Cells:
    """Send each wrong signature through each way in that is signed request by request."""
    return {
        f"{name}-{way}": (await ways.answer(way, signing), EMPTY if name == "empty" else WRONG)
        for way in (*ways.reads, *ways.writes)
        for name, signing in wrong.items()
    }


async def reused_cells(ways: WaysIn) -> Cells:
    """Send the signatures of a query and of a cancel, once they were verified, through each way in."""
    cells: dict[str, tuple[object, Matcher]] = {}
    for way in (*ways.reads, *ways.writes):
        # A path is not signed: of the others some have the same bytes to sign.
        if way.path in {paths.ACCOUNT_WALLET, paths.ORDER_CANCEL}:
            cells |= await _reused(ways, way)
    return cells


async def _reused(ways: WaysIn, verified: WayIn) -> Cells:
    """Have the venue verify a signature, then send it with other requests of its time, and with later ones.

    A request that comes late may be refused for its timestamp instead.
    """
    signs: list[str] = []
    stamps: list[int] = []

    def noted(payload: RestPayload) -> RestPayload:
        stamps.append(int(payload.timestamp))
        return payload

    def kept(sign: str) -> str:
        signs.append(sign)
        return sign

    first = await ways.answer(verified, Signing(payload=noted, sign=kept))
    ((sign,), (stated_ms,)) = signs, stamps
    again = {
        "of-another-request": Signing(sign=lambda _: sign, stated_ms=stated_ms),
        "of-an-earlier-time": Signing(1, sign=lambda _: sign),
    }
    reused = refused({RetCode.INVALID_SIGNATURE, RetCode.TIMESTAMP_WINDOW})
    return {f"first-use-{verified}": (first, having(ret_code=other_than(RetCode.INVALID_SIGNATURE)))} | {
        f"{name}-{verified}-{way}": (await ways.answer(way, signing), reused)
        for name, signing in again.items()
        for way in (*ways.reads, *ways.writes)
        if way != verified or signing.stated_ms is None
    }


async def as_sent_cells(ways: WaysIn) -> Cells:
    """Send well-signed bytes in an unusual form through each way in that is signed request by request."""
    through = (*ways.reads, *ways.writes)
    signed = having(ret_code=other_than(RetCode.INVALID_SIGNATURE))
    return {
        f"{'parameters-reversed' if way.verb is Verb.GET else 'white-space'}-{way}": (
            await ways.answer(way, AS_SENT),
            acknowledged if way.verb is Verb.GET else signed,
        )
        for way in through
    }


async def other_secret_cells(ways: WaysIn, forged: Credentials) -> Cells:
    """Send requests of the desk's key, signed with a secret of another key, through each way in."""
    return {
        f"of-other-secret-{way}": (await ways.answer(way, by=forged), WRONG)
        for way in (*ways.reads, *ways.writes)
    }


async def time_cells(ways: WaysIn, through: Iterable[WayIn], ends: Iterable[End]) -> Cells:
    """Send a timestamp at each end of a window through each of these ways in."""
    at = [(way, end) for way in through for end in ends]
    return {f"{end}-{way}": (await ways.answer_at(way, end), _timely(way, end)) for way, end in at}


def _timely(way: WayIn, end: End) -> Matcher:
    if not end.is_inside:
        return _LATE
    return acknowledged if way.path in _READS else _IN_TIME


def expect_cells(what: str, cells: Cells) -> None:
    """Expect of every cell the answer that it must have; a failure lists the wrong cells by their answers.

    what: the requests of all cells, as the subject of the sentence
    """
    found = {name: wanted.mismatch(answer) for name, (answer, wanted) in cells.items()}
    wrong = {name: mismatch for name, mismatch in found.items() if mismatch is not None}
    seen: dict[str, list[str]] = {}
    for name, mismatch in wrong.items():
        # The text behind a code names the moment of the request, so that no two of them are equal.
        seen.setdefault(mismatch.seen.partition(" (")[0], []).append(name)

    expected = "; ".join(dict.fromkeys(mismatch.expected for mismatch in wrong.values()))
    got = "; ".join(f"{answer} in {', '.join(names)}" for answer, names in seen.items())
    expect(what, got, expected, of=[cells[name][0] for name in wrong])
