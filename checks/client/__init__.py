"""The market maker's own order client: what it does about each fault, judged from the wire and the venue.

A check asks the client for orders through its driver, or looks at what a bot does by itself, lets one fault
happen between client and venue, and looks at three things: what the client sent, what the venue shows of its
orders, and what the client believes of them once the fault is over. Each ends with ``conforms``, the rules
that hold in every scenario.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4
"""

from collections.abc import Callable
from typing import Any, TypeVar, Unpack

import pytest

from checks import BLOCKER, Severity, check, during, without_real_money
from fixtures.desk import Transport
from fixtures.expect import Owner
from fixtures.harness.facts import Facts
from fixtures.v5.enums import Phase

Function = TypeVar("Function", bound=Callable[..., object])

NO_REAL_MONEY = "A client is certified where no money is real."
CLIENT_TAKES_MS = 1500
"""About how long a client takes over a fault, in a case that declares no wait."""


def certifies(
    check_id: str,
    *,
    severity: Severity = BLOCKER,
    creates: int = 2,
    max_fills: int | None = None,
    **facts: Unpack[Facts],
) -> Callable[[Function], Function]:
    """Make a function a check of the order client under test.

    creates: how many orders one case lets the client send at most, repeats included
    max_fills: how many of them could fill, None for all
    """

    def mark(function: Function) -> Function:
        most = creates if max_fills is None else max_fills
        facts.setdefault("owner", Owner.CLIENT)
        facts.setdefault("waits_ms", CLIENT_TAKES_MS)
        marks = check(check_id, severity=severity, max_fills=most, creates=creates, **facts)
        marked: Function = marks(without_real_money(NO_REAL_MONEY)(during(Phase.TRADING)(function)))
        return marked

    return mark


def over(*transports: Transport) -> pytest.MarkDecorator:
    """Run the check once with the client on each of these transports; without it the client uses REST."""
    return pytest.mark.parametrize("client", transports, indirect=True, ids=str)


over_both = over(Transport.REST, Transport.TRADE)
over_trade = over(Transport.TRADE)


def each(name: str, **cases: Any) -> pytest.MarkDecorator:  # noqa: ANN401 - whatever a case is about
    """Run the check once per case, which is shown by its name."""
    return pytest.mark.parametrize(name, list(cases.values()), ids=list(cases))
