"""The market maker's checklist, one folder per item.

The four items are those of Bybit's page for spot listings:

1. Instrument visibility, ``visibility``: the symbol (VIS) and its filters (FLT)
2. Permissions, ``permissions``: the key, its UID and their limits (PRM)
3. Maker behaviour, ``maker``: PostOnly, amends, fills, batches, the public book (MKR)
4. Operational readiness, ``operations``: retry and back-off (RTY), idempotency (IDM), error codes (ERR),
   connections and streams (CON)

Item 4 is judged once more on the market maker's own order client, ``client`` (CRT), where a run tests one.

The page's tips on Pybit and CCXT are a section of their own, ``libraries`` (SDK). So is ``records``
(LAW): what the messages of the whole run must have in common, whatever check they were sent for.

A check looks at the market, acts once, awaits an event and states what it expects. It is a function
whose docstring is its card: the requirement, a paragraph, then ``Sequence:``, ``Passes:``, for a library
``Remediation:``, and ``Source:``; ``check`` gives it its id, which no other function may carry. A check with
parameters is run once for each, and passes when all of its cases do.

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

    max_fills: how many minimum-sized orders could fill during one case if the venue breaks its contract,
        which is what the check costs at worst where money is real; 0 is for a check that sends none
    creates: how many orders one case sends at most, where the book has two sides and stands still
    worth: how many minimum-sized orders they come to with their amends, None for as many as there are
    largest: how many more count as the largest order of the risk limits: nobody can read their size, or it
        must be refused
    min_messages: how many messages the venue must send at least while the check runs; 0 is for
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
    """Run the check once per library, each case about its own."""
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
    """Run a check once in each of these phases of the listing.

    An embedded venue moves the listing there; on any other the check is N/A in a phase that is not the
    agreed one.
    """

    def mark(function: Function) -> Function:
        marked: Function = pytest.mark.usefixtures("phase")(pytest.mark.phase(*phases)(function))
        return marked

    return mark


def needs(*served: str) -> pytest.MarkDecorator:
    """Run the check only where these paths out of ``paths.OPTIONAL`` are served, and say so elsewhere.

    A check that is parametrised with a desk or a transport needs the trade stream without naming it.
    """
    return pytest.mark.needs(*served)


def without_real_money(reason: str) -> pytest.MarkDecorator:
    """Run the check only where no money is real; elsewhere it is N/A for this reason.

    There the risk check refuses what it sends, or a venue that breaks its contract could reach a foreign
    order.
    """
    return pytest.mark.no_real_money(reason)


over_both_transports = pytest.mark.parametrize("desk", list(Transport), indirect=True)
"""Run the check once over REST and once over the trade stream."""

over_trade_stream = pytest.mark.parametrize("desk", [Transport.TRADE], indirect=True)
"""Run the check over the trade stream."""
