"""What the checks find about the installed client libraries on a sound venue: the makings that fail, and why.

A making that fails anyway proves nothing about a defect, and a finding that is gone means that a library
has changed: both are told apart by this table.
"""

from collections.abc import Mapping

FINDINGS: Mapping[str, str] = {
    "test_ccxt_signs_its_instruments_query[at-construction]": "A default under fetchMarkets hides it.",
    "test_ccxt_signs_its_instruments_query[afterwards]": "A default under fetchMarkets hides it.",
    "test_floats_leave_as_decimals_on_the_grid[tiny-pybit]": "pybit writes floats with str().",
    "test_floats_leave_as_decimals_on_the_grid[inexact-pybit]": "pybit writes floats with str().",
    "test_ccxt_tells_an_open_outcome": "ccxt tells an open outcome as a refusal.",
    "test_rate_limit_is_waited_out[past-pybit]": "pybit sleeps for a negative time.",
    "test_trade_stream_call_settles[refused-without-reqId-pybit]": "pybit logs the refusal and tells nobody.",
    "test_trade_stream_goes_on_after_a_refusal[ccxt]": "ccxt authenticates again on the same connection.",
    "test_trade_stream_call_settles_at_no_latency[pybit]": "pybit sends first, then notes whom to tell.",
    "test_order_credits_no_broker[rest-ccxt]": "ccxt puts Referer: CCXT on every POST.",
    "test_ccxt_stamps_the_venue_time[trade-stream]": "createOrderWs ignores the time difference.",
}
"""Case, without its symbol -> what the library does. pybit 5.17.0, ccxt 4.5.90."""


def case_of(case: str, symbols: tuple[str, ...]) -> str:
    """The name of a making without the symbol that it was made for.

    >>> making("test_x[NEWUSDT-rest]", ("NEWUSDT",)), making("test_x[NEWUSDT]", ("NEWUSDT",))
    ('test_x[rest]', 'test_x')
    """
    function, _, parameters = case.removesuffix("]").partition("[")
    kept = [part for part in parameters.split("-") if part and part not in symbols]
    return f"{function}[{'-'.join(kept)}]" if kept else function
