"""No check fails on a venue that differs from the default one in a way that Bybit's documents allow.

Each variant is an option of the embedded venue, or a response of it that the test alters; the checks that
observe it run on that venue.
"""

from typing import Any

import pytest

from fixtures.desk import Transport
from fixtures.venue.demo_accounts import MAKER, TAKER
from fixtures.venue.engine.market import Market
from fixtures.venue.feeds import rendering
from fixtures.venue.venue_options import VenueOptions
from proof.trial import SYMBOLS, CaseKind, Job, run

SYMBOL = SYMBOLS[0]

RPI = frozenset(
    f"checks/operations/test_request_validation.py::test_rpi_order_is_as_permitted[{SYMBOL}-{via}]"
    for via in Transport
)
"""The node ids of the cases that send an RPI order."""

MARKET_ORDERS = {"MKR-31.01", "MKR-31.02"}

FORMS: dict[str, tuple[VenueOptions, set[str]]] = {
    "leftover cancelled": (VenueOptions(market_leftover="cancelled"), MARKET_ORDERS),
    "leftover filled": (VenueOptions(market_leftover="filled"), MARKET_ORDERS),
    "padded figures": (
        VenueOptions(figures="padded"),
        {"CON-17.01", "CON-17.02", "FLT-11.01", "FLT-11.02", "MKR-01.01", "MKR-01.02"}
        | {"MKR-06", "MKR-10", "MKR-15", "MKR-29.01", "MKR-29.02", *MARKET_ORDERS},
    ),
    "group as a number": (
        VenueOptions(smp_group_as="number"),
        {"CON-17.01", "CON-17.02", "MKR-11", "PRM-12"},
    ),
    "forced self-match prevention": (
        VenueOptions(forced_smp=True),
        {"ERR-01.01", "ERR-01.15", "MKR-11", "MKR-12.01", "MKR-12.02", *MARKET_ORDERS},
    ),
    "a symbol open to RPI": (VenueOptions(rpi_symbols=frozenset({SYMBOL})), {"ERR-01.14", "PRM-12"}),
    "a longest receive window": (VenueOptions(longest_recv_window_ms=60_000), {"RTY-04.01", "RTY-04.02"}),
    "a market maker's rate": (VenueOptions(tier="MM1"), {"RTY-01.01", "RTY-01.02", "RTY-02"}),
}
"""A legal variant -> the venue's options for it, and the checks that observe it."""


def _start_with(monkeypatch: pytest.MonkeyPatch, options: VenueOptions) -> None:
    monkeypatch.setattr("fixtures.plugin._AS_A_MAKER", options)


@pytest.mark.parametrize("form", list(FORMS))
def test_a_legal_form_fails_nothing(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every case of the checks that observe it passes, but for the known findings about libraries."""
    options, checks = FORMS[form]
    _start_with(monkeypatch, options)

    result = run(Job(form, checks=frozenset(checks), symbols=(SYMBOL,)))

    assert {outcome.check for outcome in result.outcomes if outcome.kind is CaseKind.PASSED} == checks
    assert result.red == []


def _show(monkeypatch: pytest.MonkeyPatch, **flags: bool | None) -> None:
    """Serve the account's instruments with these flags; None omits one."""
    shown = rendering.account_instrument

    def account_instrument(market: Market, options: VenueOptions) -> dict[str, Any]:
        row = shown(market, options) | flags
        return {name: value for name, value in row.items() if value is not None}

    monkeypatch.setattr(rendering, "account_instrument", account_instrument)


@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize("public", [False, True])
def test_either_answer_to_an_rpi_order_is_right_where_the_flags_differ(
    monkeypatch: pytest.MonkeyPatch, *, is_open: bool, public: bool
) -> None:
    """Where the deprecated account flag contradicts the symbol's, an RPI order may be refused or taken."""
    _show(monkeypatch, isPublicRpi=public, myRpiPermission=not public)
    _start_with(monkeypatch, VenueOptions(rpi_symbols=frozenset({SYMBOL} if is_open else ())))

    assert run(Job("rpi", nodes=RPI, symbols=(SYMBOL,))).red == []


@pytest.mark.parametrize("is_open", [False, True])
def test_the_deprecated_flag_may_be_gone(monkeypatch: pytest.MonkeyPatch, *, is_open: bool) -> None:
    """The checks pass with the symbol's flag alone."""
    _show(monkeypatch, isPublicRpi=is_open, myRpiPermission=None)
    _start_with(monkeypatch, VenueOptions(rpi_symbols=frozenset({SYMBOL} if is_open else ())))

    standing = f"checks/permissions/test_permissions.py::test_standing_is_served[{SYMBOL}]"
    assert run(Job("rpi", nodes=RPI | {standing}, symbols=(SYMBOL,))).red == []


@pytest.mark.parametrize("is_open", [False, True])
def test_an_answer_against_the_flag_proves_nothing(monkeypatch: pytest.MonkeyPatch, *, is_open: bool) -> None:
    """The flag may be an hour old, so a contradicting answer blocks the check and blames nobody."""
    _show(monkeypatch, isPublicRpi=not is_open, myRpiPermission=not is_open)
    _start_with(monkeypatch, VenueOptions(rpi_symbols=frozenset({SYMBOL} if is_open else ())))

    red = run(Job("rpi", nodes=RPI, symbols=(SYMBOL,))).red

    assert {outcome.node for outcome in red} == RPI
    assert {(outcome.kind, outcome.message.partition(":")[0]) for outcome in red} == {
        (CaseKind.ERROR, "Blocked")
    }


def test_a_taker_of_the_makers_own_group_blocks_the_fills(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where self-match prevention is forced such a UID cannot take, so the checks are blocked."""
    group = frozenset({MAKER.uid, TAKER.uid})
    _start_with(monkeypatch, VenueOptions(forced_smp=True, smp_groups=(group,)))

    checks = {"MKR-10", "MKR-22", "MKR-29.01", "MKR-29.02", *MARKET_ORDERS}
    red = run(Job("one group", checks=frozenset(checks), symbols=(SYMBOL,))).red

    assert {outcome.check for outcome in red} == checks
    assert {outcome.kind for outcome in red} == {CaseKind.ERROR}
    reason = (
        "Blocked: the second UID is of the maker's self-match group 1, whose orders the venue keeps apart"
    )
    assert {outcome.message.partition(": use")[0] for outcome in red} == {reason}
