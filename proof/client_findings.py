"""What fails in the certificates of unmodified libraries because of the library, and what its user can do.

A finding is printed while one of its checks fails in the runs of the page, so that one that a later version
has cured disappears with it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClientFinding:
    """One fault or lack of a library.

    client: its name in environments.yaml, "" for what every one of them leaves to its user
    checks: ids of the checks that show it
    what: what the library does; where: the place in its code, "" for something that is not there
    remedy: what its user can do without changing the library
    """

    client: str
    checks: tuple[str, ...]
    what: str
    where: str
    remedy: str


FINDINGS: tuple[ClientFinding, ...] = (
    ClientFinding(
        "",
        ("CRT-45",),
        "A redirect is followed: the signed order goes, body and headers, to a host that nobody named.",
        "",
        "pybit: `session.client.max_redirects = 0`; bybit-api: `new RestClientV5(options, "
        "{maxRedirects: 0})`; ccxt: give it an `aiohttp.ClientSession` whose "
        "`TraceConfig.on_request_redirect` raises. All three were tried: one request, then an "
        "exception, after which the order is looked up.",
    ),
    ClientFinding(
        "",
        ("CRT-03",),
        "An answer that never comes is waited for longer than the ten seconds within which belief and"
        " venue must agree: pybit and ccxt wait ten seconds, bybit-api five minutes.",
        "",
        "Set the timeout: pybit `HTTP(timeout=3)`, ccxt `{'timeout': 3000}`, bybit-api `{timeout: "
        "3000}` as the second argument of its REST client. Then look the order up.",
    ),
    ClientFinding(
        "",
        ("CRT-10",),
        "Nothing asks again for an order that no query shows yet.",
        "",
        "After a lost answer ask for the orderLinkId several times over some seconds, with growing "
        "pauses, before the order counts as absent.",
    ),
    ClientFinding(
        "",
        ("CRT-12", "CRT-15"),
        "A ban of the address and a refusal that only a person can lift stop nothing: the next "
        "request goes out as before. ccxt has classes for some of them (RateLimitExceeded, "
        "PermissionDenied), the other two hand over a number.",
        "",
        "Keep a table of codes of your own: HTTP 403 means that nothing is sent for ten minutes, "
        "10010, 10024, "
        "10027 and 170241 mean stop and call somebody.",
    ),
    ClientFinding(
        "",
        ("CRT-31",),
        "The filters of a symbol are read once; a refusal for a price off the grid does not have them"
        " read anew.",
        "",
        "Read the instrument after 170134 and 170137, in ccxt with `load_markets(reload=True)`.",
    ),
    ClientFinding(
        "",
        ("CRT-46", "CRT-50"),
        "Orders are sent faster than the venue takes them. bybit-api paces nothing, and nor does "
        "pybit, which tries again up to three times after 10006; ccxt paces its REST calls, not its "
        "`create_order_ws`. Where a queue forms, in pybit's threads or in ccxt's throttler, cancels "
        "wait behind creates.",
        "",
        "A queue of your own with cancels first and a token bucket, filled by X-Bapi-Limit and "
        "X-Bapi-Limit-Status of the answers: pybit `return_response_headers=True`, bybit-api "
        "`parseAPIRateLimits: true`, ccxt `last_response_headers`.",
    ),
    ClientFinding(
        "pybit",
        ("CRT-11",),
        "The reset time of a 10006 is taken as it comes: one in the past is slept for a negative "
        "time, one that is no number is converted, and either ends in ValueError.",
        "_http_manager.py:492, _handle_retryable_error",
        "Take 10006 out of the library's hands with `retry_codes={30034}`, catch it, wait at least "
        "100 ms and at most some seconds, and send the same orderLinkId again.",
    ),
    ClientFinding(
        "pybit",
        ("CRT-16",),
        "A timestamp out of the window (10002) has the window widened by 2.5 s and the order sent "
        "again, three times, without a look at the clock.",
        "_http_manager.py:496, _handle_retryable_error",
        "`retry_codes={30034}`; after 10002 compare `get_server_time` with the clock and stop when "
        "they differ.",
    ),
    ClientFinding(
        "pybit",
        ("CRT-17",),
        "A silent stream is noticed after up to forty seconds: a ping each 20 s, and a look at the "
        "pong each 10 s.",
        "_websocket_stream.py:37",
        "`WebSocket(..., ping_interval=5, ping_timeout=3)`.",
    ),
    ClientFinding(
        "pybit",
        ("CRT-18", "CRT-20", "CRT-49"),
        "A lost stream is connected and subscribed anew without a word to the user, who cannot know "
        "that pushes are missing, nor that the venue refuses every connection.",
        "_websocket_stream.py:220, _on_error",
        "Ask `is_connected()` every second, alert when it is false, and after each gap ask for open "
        "orders, order history and executions.",
    ),
    ClientFinding(
        "pybit",
        ("CRT-19",),
        "A refused subscription ends in KeyError on the reading thread: the library looks for the "
        "first character of the request's text in place of its topic.",
        "_websocket_stream.py:529, _process_subscription_message",
        "Do not trade before a push of an own order was seen, and construct a new `WebSocket` when "
        "none comes.",
    ),
    ClientFinding(
        "pybit",
        ("CRT-21", "CRT-22", "CRT-23"),
        "On the trade stream an answer that does not come, or that names no request, calls no "
        "callback ever, and a closed connection calls none of those that wait. 10019 does not have "
        "the connection replaced.",
        "_websocket_trading.py:43, _handle_incoming_message",
        "A deadline of two seconds for each request of your own, then a look-up by orderLinkId over "
        "HTTP; after 10019 a new `WebSocketTrading`.",
    ),
    ClientFinding(
        "ccxt",
        ("CRT-11",),
        "RateLimitExceeded is raised and nothing waits for the reset that the answer names.",
        "",
        "Catch it, read X-Bapi-Limit-Reset-Timestamp from `last_response_headers`, wait, bounded on "
        "both sides, and send the same clientOrderId again.",
    ),
    ClientFinding(
        "ccxt",
        ("CRT-17",),
        "A silent stream is noticed after about a minute: a ping each 18 s, and two of them may be missed.",
        "pro/bybit.py:178, async_support/base/ws/client.py:427",
        "`{'streaming': {'keepAlive': 5000}}` at the construction.",
    ),
    ClientFinding(
        "ccxt",
        ("CRT-18", "CRT-19", "CRT-49"),
        "Nothing says when a subscription is confirmed, and one that is refused rejects only the "
        "call that waits for it: what the venue pushes between a reconnect and the new subscription "
        "is lost.",
        "pro/bybit.py:2221, watch_topics",
        "After each exception of a watch call, and once more some seconds later, ask for open and "
        "closed orders and for trades; look an order up that is not pushed within two seconds of its "
        "acknowledgement.",
    ),
    ClientFinding(
        "bybit-api",
        ("CRT-11",),
        "10006 is handed to the caller as an answer like any other, and nothing waits for its reset.",
        "",
        "`parseAPIRateLimits: true`, wait for `rateLimitApi.resetAtTimestamp`, bounded on both sides,"
        " and send the same orderLinkId again.",
    ),
    ClientFinding(
        "bybit-api",
        ("CRT-19",),
        "A refused subscription is an event `exception` and is not tried again until the connection breaks.",
        "lib/websocket-client.js, resolveEmittableEvents",
        "On an exception whose `op` is subscribe, close the client and construct a new one.",
    ),
    ClientFinding(
        "bybit-api",
        ("CRT-21", "CRT-22"),
        "The promise of a trade stream request has no deadline: an error that names no request leaves"
        " it pending for ever, and 10019 does not have the connection replaced.",
        "lib/websocket-client.js:205, sendWSAPIRequest",
        "`Promise.race` with a deadline of two seconds, then a look-up by orderLinkId over REST; "
        "after 10019 `closeAll()` and a new `WebsocketAPIClient`.",
    ),
)
