"""The cases that fail on a conforming venue because of an installed client library, and why they do.

A case that always fails proves nothing about a defect, so the proof ignores these. A finding that is gone
means that the library has changed, and a test compares this table with what a run finds.
"""

from collections.abc import Mapping

FINDINGS: Mapping[str, str] = {
    "test_ccxt_signs_its_instruments_query[at-construction]": "A default under fetchMarkets hides it.",
    "test_ccxt_signs_its_instruments_query[afterwards]": "A default under fetchMarkets hides it.",
    "test_floats_leave_as_decimals_on_the_grid[tiny-pybit]": "pybit writes floats with str().",
    "test_floats_leave_as_decimals_on_the_grid[inexact-pybit]": "pybit writes floats with str().",
    **{
        f"test_ccxt_reports_an_open_outcome[{code}]": "ccxt reports an open outcome as a refusal."
        for code in (429, 10000, 10016, 10429, 170001, 170032, 170146)
    },
    "test_rate_limit_is_waited_out[past-pybit]": "pybit sleeps for a negative time.",
    "test_trade_stream_call_is_answered[refused-without-reqId-pybit]": "pybit only logs the refusal.",
    "test_trade_stream_goes_on_after_a_refusal[ccxt]": "ccxt authenticates again on the same connection.",
    "test_trade_stream_call_is_answered_at_no_latency[pybit]": "pybit sends, then registers the callback.",
    "test_order_credits_no_broker[rest-ccxt]": "ccxt puts Referer: CCXT on every POST.",
    "test_ccxt_stamps_the_venue_time[trade-stream]": "createOrderWs ignores the time difference.",
}
"""Case, without its symbol -> what the library does: pybit 5.17.0, ccxt 4.5.90."""


def case_of(case: str, symbols: tuple[str, ...]) -> str:
    """The name of a case without the symbol that it runs on.

    >>> case_of("test_x[NEWUSDT-rest]", ("NEWUSDT",)), case_of("test_x[NEWUSDT]", ("NEWUSDT",))
    ('test_x[rest]', 'test_x')
    """
    function, _, parameters = case.removesuffix("]").partition("[")
    kept = [part for part in parameters.split("-") if part and part not in symbols]
    return f"{function}[{'-'.join(kept)}]" if kept else function
