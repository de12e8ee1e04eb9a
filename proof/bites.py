"""Which checks catch which defect, and what is left unproven, each with its reason."""

from collections.abc import Mapping

BITES: Mapping[str, tuple[str, ...]] = {
    "accepts_any_link_id": ("IDM-07",),
    "accepts_bad_signature": ("PRM-13", "ERR-01"),
    "accepts_expired_stream_auth": ("CON-06",),
    "accepts_off_lot": ("FLT-05",),
    "accepts_off_tick": ("FLT-04",),
    "accepts_stale_timestamp": ("RTY-04",),
    "acks_repeated_cancel": ("IDM-06",),
    "acks_under_another_id": ("IDM-05",),
    "books_duplicate_link_id": ("IDM-01", "IDM-02", "IDM-03", "IDM-04"),
    "cancel_acks_but_rests": ("FLT-03",),
    "cancel_ends_another": ("MKR-09",),
    "clock_off": ("RTY-05",),
    "confuses_credentials": ("PRM-13",),
    "drops_req_id": ("ERR-06",),
    "echoes_wrong_price": ("FLT-11",),
    "echoes_wrong_qty": ("FLT-11",),
    "echoes_wrong_side": ("FLT-11",),
    "fills_post_only": ("MKR-02", "MKR-03", "MKR-04", "MKR-05"),
    "frozen_lookup": ("IDM-05", "MKR-01"),
    "grants_withdrawal": ("PRM-04",),
    "hides_listing": ("VIS-01", "VIS-04"),
    "hides_signed_listing": ("VIS-02",),
    "history_disagrees": ("MKR-06",),
    "history_is_empty": ("MKR-06",),
    "ignores_balance": ("ERR-02",),
    "ignores_key_scope": ("PRM-15",),
    "ignores_min_amount": ("FLT-06",),
    "ignores_price_band": ("FLT-08",),
    "ignores_whitelist": ("PRM-10",),
    "lists_twice": ("VIS-01", "VIS-02"),
    "lists_unknown_symbol": ("VIS-08",),
    "loses_post_only": ("FLT-11", "MKR-01", "MKR-02"),
    "loses_terminal_push": ("CON-05",),
    "never_limits_rate": ("RTY-02",),
    "never_pushes_orders": ("PRM-08", "PRM-09"),
    "omits_filters": ("FLT-01",),
    "omits_limit_headers": ("RTY-01",),
    "publishes_wrong_tick": ("FLT-02",),
    "realtime_misses_open": ("MKR-01",),
    "rejects_without_reason": ("MKR-02", "MKR-03", "MKR-04"),
    "reuses_order_id": ("IDM-05",),
    "rounds_off_lot": ("FLT-05",),
    "rounds_off_tick": ("FLT-04",),
    "shortens_link_id": ("IDM-07",),
    "shows_another_uid": ("PRM-02",),
    "shows_classic_account": ("PRM-06",),
    "shows_full_quota": ("RTY-01",),
    "shows_key_read_only": ("PRM-03",),
    "shows_listing_publicly": ("VIS-03",),
    "shows_wrong_status": ("VIS-05",),
    "silent_pong": ("CON-02",),
    "swallows_orders": ("IDM-05", "PRM-08", "PRM-09"),
    "turns_back_time": ("MKR-01",),
    "views_disagree": ("VIS-04",),
    "wallet_is_empty": ("PRM-11",),
    "wallet_never_holds": ("PRM-11",),
    "wrong_refusal_code": ("FLT-04",),
    "wrong_reject_reason": ("MKR-02", "MKR-03"),
}

UNSEEN: Mapping[str, str] = {
    "ignores_max_qty": "No check sends more than the maximum size: it would exceed the budget of one order.",
    "never_pushes_executions": "No check trades on purpose.",
    "refuses_stream_auth": "Without a private stream nothing is connected, and every check is an error.",
}
"""The defects that no check names, and why."""

UNPROVEN: Mapping[str, str] = {
    "CON-01": "Without a private stream nothing is connected: the run ends before the check.",
    "PRM-01": "Without a valid key nothing is connected: the run ends before the check.",
    "ERR-03": "Judges the client's own table: tests/fixtures/clients/test_retry.py.",
    "ERR-04": "Judges the client's own policy: tests/fixtures/clients/test_retry.py.",
}
"""The checks that no defect of the venue can make fail, and why."""

SILENCE: Mapping[str, str] = {
    "cancel_acks_but_rests": "An order that goes on resting has no end to show.",
    "loses_terminal_push": "The push that is lost is what would have been read.",
    "never_pushes_orders": "There is no push to be read.",
    "swallows_orders": "Of an order that is not booked there is nothing to be pushed.",
}
"""The defects that a check can only notice by waiting in vain, and why no reason exists."""
