"""What a stream answers to a request that it cannot carry out.

Source: docs/v5/websocket/wss-authentication.mdx; docs/v5/websocket/trade/guideline.mdx
"""

from checks import MAJOR, MINOR, check, needs
from fixtures.desk import Connections
from fixtures.expect import expect, having, nothing
from fixtures.record.evidence import Channel
from fixtures.v5 import paths
from fixtures.v5.codes import RetCode

UNKNOWN_OP = "nosuchop"
ONE_TOO_MANY = 11
"""Topics of one request on the public spot stream, which takes ten."""


@check("CON-41", severity=MAJOR, max_fills=0)
async def test_streams_refuse_what_they_cannot_do(connections: Connections, symbol: str) -> None:
    """A stream acknowledges neither an operation nor a topic that it does not have.

    A client that takes such an acknowledgement for one waits for pushes that never come. A stream may refuse
    or not answer at all: no page names a text.

    Sequence: each request on a fresh stream: an unknown op on every stream, an unknown topic and a topic of
        an unknown symbol on the public stream, an unknown topic on the private stream.
    Passes: none is acknowledged.
    Source: docs/v5/websocket/wss-authentication.mdx, subscribe; docs/v5/websocket/trade/guideline.mdx, 10404
    """
    asked = [(channel, UNKNOWN_OP, symbol) for channel in connections.channels]
    asked += [(Channel.PUBLIC, "subscribe", f"nosuchtopic.{symbol}")]
    asked += [(Channel.PUBLIC, "subscribe", f"orderbook.50.NOSUCH{symbol}")]
    asked += [(Channel.PRIVATE, "subscribe", "nosuchtopic")]
    taken = [
        f"{op} {arg} on the {channel}"
        for channel, op, arg in asked
        if await connections.acknowledges(channel, op, arg)
    ]

    expect("requests that a stream acknowledges though it has no such thing", taken, nothing)


@check("CON-45", severity=MINOR, max_fills=0)
@needs(paths.TRADE_STREAM)
async def test_trade_stream_refuses_a_second_auth(connections: Connections) -> None:
    """A trade stream that is authenticated refuses to be authenticated again.

    Sequence: a fresh stream, auth, accepted, auth again, refused.
    Passes: the second retCode equals 20001.
    Source: docs/v5/websocket/trade/guideline.mdx, retCode of the authentication: 20001, repeat auth
    """
    answer = await connections.answer_to_second_auth()

    refusal = having(accepted=False, code=RetCode.WS_REPEAT_AUTH)
    expect("second auth of a trade stream", answer, refusal)


@check("CON-42", severity=MAJOR, max_fills=0)
async def test_public_stream_takes_ten_topics(connections: Connections, symbol: str) -> None:
    """The public spot stream takes ten topics in one request, and no eleventh.

    Sequence: a fresh stream, a subscription to ten topics of the symbol; another one, to eleven.
    Passes: ten are acknowledged, eleven are not.
    Source: docs/v5/websocket/wss-authentication.mdx: spot can input up to 10 args for each subscription
    """
    kinds = [f"orderbook.{depth}" for depth in (1, 50, 200, 1000)]
    kinds += [f"kline.{interval}" for interval in (1, 3, 5, 15, 30)]
    topics = [f"{kind}.{symbol}" for kind in ("publicTrade", "tickers", *kinds)]
    most = await connections.acknowledges(Channel.PUBLIC, "subscribe", *topics[: ONE_TOO_MANY - 1])
    more = await connections.acknowledges(Channel.PUBLIC, "subscribe", *topics)

    expect("acknowledgement of ten topics in one request", most, expected=True)
    expect("acknowledgement of eleven topics in one request", more, expected=False)
