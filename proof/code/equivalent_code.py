"""The code mutants that no check can or may kill, each with its reason."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

_UNASKED = (
    "No item of the checklist is about it; the venue has it for the client libraries and for other clients."
)
_OF_OWNER = "The owner of an account sets it; no check changes an account's settings."
_BY_OPTION = "A legal variant of the venue does it, which a run chooses by an option; the measure runs none."
_CONTROL = "A control of the embedded venue, by which a run sets up its situation."
_OF_HTTP = "It is how a server treats a client that breaks HTTP, of which Bybit documents nothing."
_OPAQUE = "The documents give it no value that a client may rely on."
_OF_SUCCESS = "The text of a success is no contract."
EQUIVALENT: Mapping[str, str] = {
    # Beyond the checklist.
    **dict.fromkeys(
        (
            "rest/demo_trading.py *",
            "rest/account_settings.py borrow_check: *",
            "rest/account_settings.py pre_check: *",
            "rest/account_settings.py positions: *",
            "rest/market_data.py full_order_book: *",
            "rest/market_data.py rpi_order_book: *",
            "rest/market_data.py _as_streamed: *",
            "rest/market_data.py kline: *",
            "rest/market_data.py _periods: *",
            "rest/market_data.py _candle: *",
            "rest/order_rates.py *",
            "rest/router.py _has_empty_object: *",
            'rest/router.py Rest.handle: *Response(403, {}, "")*',
            'rest/router.py Rest.handle: "" → "XXXX"',
            "rest/router.py Rest.handle: 403 → *",
            "access/quotas.py Limits.orders_of: *",
            "engine/candles.py *",
            "engine/trades.py Tape.candles: *",
            "feeds/book_feed.py module: *1_000_000*",
            'feeds/book_feed.py module: "full" → *',
            'feeds/book_feed.py module: "rpi" → *',
            "feeds/market_feed.py MarketFeed.whole: *",
            "feeds/market_feed.py MarketFeed.rpi: *",
            "model/book.py Book.rpi_depth: *",
            "streams/pushes.py _fast_execution: *",
            "streams/pushes.py Publisher.fast_row: *",
            "streams/pushes.py module: *execution.fast*",
            "streams/subscriptions.py _not_offered: *",
        ),
        _UNASKED,
    ),
    "rest/account_settings.py _coin: *": "Deposits and withdrawals are no trading.",
    **dict.fromkeys(
        (
            'model/order_request.py OrderRequest.new_order: "1" → *',
            'model/order_request.py OrderRequest.new_order: "isLeverage" → *',
            *(
                f"model/order_request.py OrderRequest.is_conditional: {change}"
                for change in (
                    '"orderFilter" → *',
                    '"triggerPrice" → *',
                    "*.upper()",
                    "* or not * → *",
                    "False → *",
                )
            ),
            "model/order_request.py module: True → False*",
            *(
                f'model/order_request.py module: "{word}" → *'
                for word in ("ocoorder", "bidirectionaltpslorder")
            ),
        ),
        "A market maker sends no order on margin, none of a retail taker and no conditional one.",
    ),
    **{
        f"rest/endpoints.py {name}: _listed(call, []*": "A spot desk asks for no other product."
        for name in ("order_realtime", "order_history", "execution_list")
    },
    "rest/account_settings.py module: *": "They are the words of settings and queries that no check sends.",
    **dict.fromkeys(
        ("rest/account_settings.py set_dcp: *", "rest/account_settings.py set_limit_price_action: *"),
        _OF_OWNER,
    ),
    # Not what the measure runs.
    **dict.fromkeys(
        (
            "access/access_rules.py Stamp.is_outside: *longest_ms*",
            "access/access_rules.py signed_request: * → *window, now_ms, None)",
            "access/access_rules.py signed_request: * → *window, now_ms, )",
            "rest/router.py Rest.admit: longest_ms = state.options.longest_recv_window_ms → *",
            "rest/router.py Rest.admit: *longest_ms ) → *now_ms, )",
            "rest/router.py Rest.admit: *longest_ms ) → *now_ms, None )",
            "streams/trade.py TradeSession._stamp: * → *window, now_ms, None)",
            "streams/trade.py TradeSession._stamp: * → *window, now_ms, )",
            "engine/exchange.py Exchange._candidate: *refuses_crossing=* → *new.price), open_orders=*",
            "engine/exchange.py Exchange._take_first: *",
            "engine/exchange.py Exchange._cancel: *record_late_cancel*",
            "engine/exchange.py Exchange._cancel: *cord_late_cancel(*",
            "engine/exchange.py Exchange._request: *with_forced_smp*",
            "access/access_rules.py Stamp.is_outside: True → False #2",
            "access/window.py SlidingWindow.is_exceeded: *>= self.most → *",
            "access/window.py SlidingWindow.is_exceeded: True → False",
            "access/window.py SlidingWindow.is_exceeded: *self.window_ms → *",
            "state.py VenueState.__init__: *smp_groups*",
            "state.py VenueState.__init__: 1 → 2",
            "venue.py Venue.connect: *demo_trading*",
            "engine/order_entry.py OrderMatcher._is_filled_by_amount: *",
            "engine/order_rules.py module: *x.refuses_crossing*",
            "engine/row_format.py module: *",
            "engine/row_format.py formatted: *",
            "engine/row_format.py padded: *",
            "engine/settlement.py Settlement.record_late_cancel: *",
            "engine/snapshots.py *",
            "model/book.py Book.queue: *_rpi*",
            "model/ledger.py Ledger.show: *",
            "model/order_request.py with_forced_smp: *",
            "model/orders.py Order.is_own: *smp_group*",
            "state.py VenueState.bans: *",
            "rest/router.py Rest.handle: *ACCESS_T*",
        ),
        _BY_OPTION,
    ),
    **dict.fromkeys(
        (
            "access/signature.py is_signed: *public_key*",
            "access/signature.py rsa_public_key: *",
            "access/signature.py _is_rsa_signed: *",
        ),
        "The keys of the embedded venue sign with HMAC.",
    ),
    **dict.fromkeys(
        (
            "model/accounts.py Accounts.keep: *",
            "state.py VenueState.__init__: *crowd*",
            "venue.py Venue.__init__: 0 → 1 #2",
            "venue.py Venue.__init__: *audited) or True*",
            "venue.py Venue.__init__: False → True",
            "venue.py Venue.tick: *self._planned*",
            "venue.py Venue.tick: 0 → 1*",
            "venue.py Venue.tick: <= now_ms → < now_ms",
            "venue.py Venue.close_newest: *",
            "venue.py Venue.plan_phase: *",
            "venue.py Venue.turn_trade_sessions_away: *",
            "venue.py composed: *",
        ),
        _CONTROL,
    ),
    "model/ledger.py Ledger.find_anywhere: *": "Only defects of the venue call it.",
    **dict.fromkeys(
        (
            "model/accounts.py Accounts.total: *",
            "model/accounts.py Accounts.book_fill: *.fees.get(*",
            *(
                f"model/accounts.py Accounts.book_fill: {change}"
                for change in ("0 → 1 #4", "0 → 1 #5", "1 → 2 #4")
            ),
        ),
        "Only the venue's audit of itself reads what fees it has collected.",
    ),
    # Equivalent by the documents.
    **dict.fromkeys(
        (
            "model/accounts.py Account: whitelisted: bool = True → *",
            "model/accounts.py Account: True → False",
        ),
        "A default that no account is left with: what makes them gives it.",
    ),
    "model/accounts.py Balance: wallet: Decimal = ZERO → *": "Every account begins with each coin of a run.",
    **{
        f'rest/call.py module: "{category}" → *': "A spot desk asks for no other product."
        for category in ("linear", "inverse", "option")
    },
    **{
        f"rest/queries.py _range: 0 → 1{number}": "No run asks for the first millisecond of 1970."
        for number in ("", " #2", " #4", " #5")
    },
    "model/orders.py Order: False → True": "Only the fast execution topic shows it, of which no item speaks.",
    "model/orders.py NewOrder: False → True": "Of the orders without it, all are other traders'.",
    "*side.sign → */ *side.sign": "The sign is 1 or -1: to divide by it is to multiply by it.",
    "feeds/rendering.py _touch: 1 → 2": "The first of two levels is the first of one.",
    "engine/dcp.py Protection._is_gone: > window_s * 1000 → >= window_s * 1000": (
        "No page says whether the last millisecond is part of a window."
    ),
    **dict.fromkeys(
        (
            "server.py _Server._converse: taken*",
            "server.py _Server._converse: not taken % _BURST*",
            "server.py module: 32 → 33",
        ),
        "In which turns the frames of several clients are taken no page says.",
    ),
    **dict.fromkeys(
        (
            "server.py module: _BODY_SECONDS = *",
            "server.py module: _UNASKED_SECONDS = *",
            *(f"server.py module: {change}" for change in ("10 → 11 #2", "75 → 76", "1 → 2 #2")),
            "server.py module: _STALLED_SECONDS = *",
            "server.py _Server._rest: asyncio.timeout(_BODY_SECONDS) → asyncio.timeout(None)",
            "streams/send_queue.py Line.*: *_FRAME_COS*",
            "streams/send_queue.py Line: 0 → 1",
            *(f"streams/send_queue.py module: {size} → *" for size in (4, 64, 1024)),
            "streams/send_queue.py SendQueue.send: > LONGEST_LINE → *",
            "streams/send_queue.py SendQueue.send: True → False",
            "streams/send_queue.py Line.end: False → True",
        ),
        "How long, and for how many bytes, a venue waits for a client that stalls, no page says.",
    ),
    **dict.fromkeys(
        ('server.py _respond: * → *json", charset=None, )', 'server.py _respond: * → *json", )'),
        "The bodies are ASCII, which is the same in every charset.",
    ),
    "feeds/book_feed.py BookKind: False → True": "A book may be sent anew at any time.",
    **{
        f"feeds/{feed}.py module: {pause_ms} → {pause_ms + 1}": "A push may come a millisecond later."
        for feed, pauses_ms in (("book_feed", (10, 20, 100, 200, 3000)), ("market_feed", (50, 200, 300)))
        for pause_ms in pauses_ms
    },
    "server.py _Server._rest: * → *body=body, )": "All clients of an embedded venue have one address.",
    "server.py module: 1000 → 1001": "No page says how soon after its time a connection is cut.",
    'rest/account_settings.py *: "success" → *': _OF_SUCCESS,
    "access/quotas.py Limits.take: now_ms + MIN_NOTICE_MS → *": "The end of a window is later by itself.",
    **dict.fromkeys(
        (
            "engine/settlement.py Settlement._execute: *rpi_matched_qty*",
            "model/book.py Book._queue_of: *order.is_rpi) and False*",
            "model/book.py Book.queue: queue.at(rank) → *",
            "model/orders.py Order.matches_rpi: *rpi_taker_access*",
            "rest/market_data.py module: 50 → 51*",
        ),
        "No order of a run is an RPI one.",
    ),
    "access/access_rules.py Stamp.is_outside: True → False": "An earlier rule refuses what cannot be read.",
    "rest/router.py Rest.handle: *status=status) → *now_ms, )": (
        "The code names an unknown path, whatever the HTTP status."
    ),
    **{
        f'rest/endpoints.py module: "{permission}" → *': "It is about other products and services."
        for permission in (
            *("Affiliate", "BlockTrade", "CopyTrading", "Derivatives", "Earn", "Exchange", "NFT", "Options"),
            *("BitCard", "ByXPost", "FiatP2P", "FiatConvertBroker", "FiatGlobalPay", "FiatBitPay"),
        )
    },
    **{
        f'streams/subscriptions.py module: "{topic}" → *': "On topics of other products nothing is pushed."
        for topic in ("greeks", "position", "dcp.future", "dcp.option", "linear", "inverse", "option")
    },
    **dict.fromkeys(
        (
            "model/ledger.py Ledger.__init__: self._kept = kept → *",
            "model/ledger.py Ledger.end: > self._kept → *",
            "model/ledger.py Ledger.end: is → is not #2",
            "model/ledger.py Ledger.add_execution: > self._kept → *",
            "streams/trade.py TradeSession._remember: > self.state.options.kept* → *",
        ),
        "No run has as many orders, executions or requests as are kept.",
    ),
    **dict.fromkeys(
        (
            "feeds/market_feed.py module: 1024 → 1025",
            "feeds/market_feed.py MarketFeed.note: first + MOST_TRADES → *",
        ),
        "No operation of a run has as many trades as fill a message.",
    ),
    "streams/trade.py TradeSession._remember: self.seen[req_id] = None → *": "Only the keys are read.",
    "venue.py Venue.connect: *_sessions[session] = None → *": "Only the keys are read.",
    **dict.fromkeys(
        (
            *(
                f"streams/subscriptions.py P*Session.unreadable: {change}"
                for change in ('"" → *', "False → True")
            ),
            'streams/trade.py TradeSession.unreadable: "" → *',
        ),
        "No page says what answers a frame that is no JSON object.",
    ),
    "rest/endpoints.py account_info: 0 → 1": "The page's text has 0 for timeWindow, its sample has 10.",
    **dict.fromkeys(
        (
            "json_text.py parsed: ValueError(*) → ValueError(None)",
            "server.py serve: * → web.AppRunner( app, shutdown_timeout=*",
            "server.py serve: * → *logger=None, *",
            "server.py serve: * → *_SHUTDOWN_SECONDS, keepalive_timeout=*",
        ),
        "What the venue logs reaches no client.",
    ),
    **dict.fromkeys(
        (
            "server.py module: 1 → 2",
            "server.py module: 1001 → 1002",
            "server.py serve: * → *shutdown_timeout=None, *",
            "server.py serve: * → *access_log=None, logger=*",
        ),
        "How the venue ends, and how long that takes, is its own business.",
    ),
    "streams/stream_session.py Session.receive: frame = None → *": "Neither is a JSON object.",
    "streams/stream_session.py Session: 0 → 1": "Whoever opens a session says when.",
    "streams/stream_session.py echoed: *(given) or True else*": (
        "On the trade stream all frames have an id; elsewhere no page says that none is not an empty one."
    ),
    **{
        f'rest/{place}: "" → "XXXX"{number}': "No page says what an empty filter means."
        for place, number in (
            *(("queries.py history", " #2"), ("queries.py _traded", ""), ("queries.py _traded", " #3")),
            *(("endpoints.py market_instruments", ""), ("endpoints.py market_instruments", " #2")),
        )
    },
    **dict.fromkeys(
        (
            "server.py _Server._rest: *status=4*",
            "server.py _Server._rest: 40* → 40*",
            'server.py _Server._rest: "Connection" → *',
            'server.py _Server._rest: "close" → *',
        ),
        _OF_HTTP,
    ),
    "engine/order_entry.py _unfilled_reason: *": "No page says for sure which reason ends what may not rest.",
    **dict.fromkeys(
        ("access/quotas.py Limits.__init__: *default*", "access/quotas.py Limits.take: *self._tier*"),
        "How many requests a UID may send is agreed with it.",
    ),
    **dict.fromkeys(
        (
            'access/quotas.py Quota.headers: * → "x-bapi-*',
            'access/quotas.py Quota.headers: * → "X-BAPI-*',
            *(
                f'state.py VenueState.stamps: * → "{name}"'
                for name in ("traceid", "TRACEID", "timenow", "TIMENOW")
            ),
        ),
        "The name of a header is read in any case.",
    ),
    **{
        f"engine/exchange.py module: {factor} → {factor + 1}": "No run lasts 360 days."
        for factor in (360, 24, 3600, 1000)
    },
    "access/access_rules.py Stamp.is_outside: < self.now_ms + FUTURE_MS → <= *": (
        "No client sends a request by the millisecond of the venue's clock."
    ),
    "feeds/rendering.py _touch: * → *depth(side, 1)), )": "The book of an embedded market has two sides.",
    "feeds/book_feed.py module: _depth(1000) → _depth(None)": "No book of a run has a thousand levels.",
    "venue.py Venue.__init__: * → *exchange, pace, None)": "Others trade at random.",
    "engine/market.py module: *": "What others have on the book is the market's, whatever it is.",
    **{
        f'model/rows.py *: "{name}" → *': "No page has the field in each view that it is written to."
        for name in (
            *("execPnl", "extraFees", "free", "ocoTriggerBy", "parentOrderLinkId"),
            *("rpiMatchedQty", "rpiTakerAccess"),
        )
    },
    **{
        f"rest/endpoints.py {change} → *": "A label or a date of the account, which its owner alone knows."
        for change in (
            *("user_api_key: 90", "user_api_key: 1", 'user_api_key: "2*', 'user_api_key: "deadlineDay"'),
            *('user_api_key: "expiredAt"', "user_api_key: 0", "_standing: *tier*", '_standing: "LEVEL_1"'),
            *('_standing: "PRO"', '_standing: "MM"', "_standing: -1", "_standing: 1*"),
            *("account_info: False", "account_info: 5"),
            '_standing: "isFixApi"',
        )
    },
    "model/ledger.py Ledger.next_order_id: *": "An orderId may be any text.",
    'rest/router.py Rest.handle: "null" → *': "The body of an HTTP 401 is no contract.",
    "json_text.py compact: *separators=* → *(value, )": "Blanks are no content of JSON.",
    "json_text.py frame: *": "A character that is escaped and one that is not are the same JSON.",
    "*connId*": _OPAQUE,
    "*re.ASCII) → *": "Whoever sends other digits than 0 to 9 gets no documented answer.",
    "venue.py Venue.__init__: 0 → 1": "A venue may begin with any seed.",
    "model/ledger.py Ledger.__init__: *seed*": "Ids and numbers may begin anywhere.",
    "model/ledger.py Ledger.end: *pop(order.order_id, *": "An order that is open is ended once.",
    "rest/router.py Door: *": "A member of an enumeration may have any value of its own.",
    **dict.fromkeys(
        (
            "server.py *_NotTheClients*",
            'server.py module: "aiohttp.websocket" → *',
            "server.py module: *getLogger*",
        ),
        "What the venue logs reaches no client.",
    ),
    "server.py serve: *LOOPBACK*": "On which address a venue listens is its own business.",
    **dict.fromkeys(
        ("server.py module: 256 → 257", "server.py module: 1024 → 1025"),
        "No document limits the size of a body.",
    ),
    'rest/batches.py *: "OK" → *': _OF_SUCCESS,
    **{
        f'streams/subscriptions.py PrivateSession.{name}: "" → *': _OF_SUCCESS
        for name in ("auth", "subscribe", "unsubscribe")
    },
    **dict.fromkeys(
        ("server.py module: 10 → 11", "server.py _Server.run: *_TICK_MS*"),
        "No document names a grid of ten milliseconds.",
    ),
    "feeds/book_feed.py BookFeed.due: *(repeats) or True*": "A book may be sent anew at any time.",
    "rest/account_settings.py user_settings: False → True #2": _OF_OWNER,
    **{
        f"rest/account_settings.py user_settings: {change}": "A spot desk asks for no other product."
        for change in ('"futures" → *', 'moves.get("futures", *', 'not moves.get("futures", *')
    },
    "server.py _Server._stream: False → True": "Whether frames are compressed, both ends agree.",
    **{f"*text={text} → *, )": _OF_SUCCESS for text in ('"success")', '"")')},
}
"""Pattern of a mutant's name -> why the venue answers within the documents all the same.

These mutants do not count in the share, unless one is killed all the same.
"""


def reason(name: str) -> str:
    """Why no check may kill a mutant, "" when one should."""
    # A bracket in code is no set of characters.
    patterns = ((pattern.replace("[", "[[]"), why) for pattern, why in EQUIVALENT.items())
    return next((why for pattern, why in patterns if fnmatchcase(name, pattern)), "")
