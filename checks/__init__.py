"""The market maker's checklist, one module per group of checks.

The four items are those of Bybit's page for spot listings:

1. Instrument visibility: ``test_visibility`` (VIS), ``test_filters`` and ``test_filters_of_size`` (FLT)
2. Permissions: ``test_permissions`` and ``test_permissions_of_others`` (PRM)
3. Maker behaviour: ``test_maker``, ``test_amends``, ``test_fills``, ``test_takers``, ``test_order_facts``,
   ``test_maker_batches``, ``test_maker_book`` (MKR)
4. Operational readiness: ``test_retry`` and ``test_retry_policy`` (RTY), ``test_idempotency`` and
   ``test_lost_answers`` (IDM), ``test_error_codes``, ``test_refusals`` and ``test_refused_changes`` (ERR),
   ``test_connectivity``, ``test_outages`` and ``test_messages`` (CON)

The page's tips on Pybit and CCXT follow as a section of their own: ``test_client_libraries``,
``test_library_orders``, ``test_library_answers`` (SDK).

A check looks at the market, acts once, awaits an event and states what it expects. It is a function
whose docstring is its card: the requirement, a paragraph, then ``Sequence:``, ``Passes:``, for a library
``Disposition:``, and ``Source:``; ``check`` gives it its id. Several functions or parameters may share an id: the
check passes when all of them do.

Source: docs/institutional/dmm-listing/spot.mdx
"""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar, Unpack

import pytest

from fixtures.desk import Transport
from fixtures.harness.facts import Facts
from fixtures.libraries import FLOORS
from fixtures.v5.enums import Phase

Function = TypeVar("Function", bound=Callable[..., object])


class Severity(StrEnum):
    """What a failure means for the listing."""

    BLOCKER = "blocker"
    """The symbol cannot be quoted safely; cannot be waived."""
    MAJOR = "major"
    """The client must work around it; the desk may waive it."""
    MINOR = "minor"
    """A deviation from the documents without effect on quoting; the desk may waive it."""


BLOCKER, MAJOR, MINOR = Severity


def check(
    check_id: str,
    *,
    severity: Severity,
    max_fills: int,
    creates: int = 0,
    worth: int | None = None,
    largest: int = 0,
    min_messages: int = 1,
    library: str | None = None,
    **facts: Unpack[Facts],
) -> pytest.MarkDecorator:
    """Make a function a check of the catalogue.

    max_fills: how many least-sized orders could fill during one making if the venue breaks its contract,
        which is what the check costs at worst where money is real; 0 is for a check that sends none
    creates: how many orders one making sends at most, where the book has two sides and stands still
    worth: how many least-sized orders they come to with their amends, None for as many as there are
    largest: how many more count as the largest order of the risk_limits: nobody can read their size, or it must be
        refused
    min_messages: the least number of messages that the venue must send while the check runs; 0 is for
        a check of the suite's own policy
    library: the client library that the check judges, as PyPI names it; its FAIL counts only for a listing
        that trades through it and is a deviation for the others. None when the check judges the venue
    facts: see ``fixtures.harness.facts``
    """
    return pytest.mark.check(
        id=check_id,
        severity=severity,
        max_fills=max_fills,
        creates=creates,
        worth=creates if worth is None else worth,
        largest=largest,
        min_messages=min_messages,
        library=library,
        facts=facts,
    )


def each_library(
    check_id: str,
    *,
    severity: Severity,
    max_fills: int = 0,
    creates: int = 0,
    min_messages: int = 0,
    **facts: Unpack[Facts],
) -> pytest.MarkDecorator:
    """Make the check once per library, each making about its own."""
    return pytest.mark.parametrize(
        "library",
        [
            pytest.param(
                name,
                marks=check(
                    check_id,
                    severity=severity,
                    max_fills=max_fills,
                    creates=creates,
                    min_messages=min_messages,
                    library=name,
                    **facts,
                ),
            )
            for name in FLOORS
        ],
        indirect=True,
    )


def during(*phases: Phase) -> Callable[[Function], Function]:
    """Make a check once in each of these phases of the listing.

    An embedded venue takes the listing there; on any other the check is N/A in a phase that is not the
    agreed one.
    """

    def mark(function: Function) -> Function:
        marked: Function = pytest.mark.usefixtures("phase")(pytest.mark.phase(*phases)(function))
        return marked

    return mark


def needs(*served: str) -> pytest.MarkDecorator:
    """Make the check only where these paths out of ``paths.OPTIONAL`` are served, and say so elsewhere.

    The trade stream of a desk or a transport that the check is parametrised with goes without saying.
    """
    return pytest.mark.needs(*served)


def without_real_money(reason: str) -> pytest.MarkDecorator:
    """Make the check only where no money is real; elsewhere it is N/A for this reason.

    There the guard keeps back what it sends, or a venue that breaks its contract could reach a foreign order.
    """
    return pytest.mark.no_real_money(reason)


over_both_transports = pytest.mark.parametrize("desk", list(Transport), indirect=True)
"""Make the check once over REST and once over the trade stream."""

over_trade_stream = pytest.mark.parametrize("desk", [Transport.TRADE], indirect=True)
"""Make the check over the trade stream."""
