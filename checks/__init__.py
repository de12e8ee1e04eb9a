"""The market maker's checklist, one module per group of checks.

The four items are those of Bybit's page for spot listings:

1. Instrument visibility: ``test_visibility`` (VIS), ``test_filters`` (FLT)
2. Permissions: ``test_permissions`` (PRM)
3. Maker behaviour: ``test_maker`` (MKR)
4. Operational readiness: ``test_retry`` (RTY), ``test_idempotency`` (IDM), ``test_error_codes`` (ERR),
   ``test_connectivity`` (CON)

The page's tips on Pybit and CCXT follow as a section of their own: ``test_client_libraries`` (SDK).

A check looks at the market, acts once, awaits an event and asserts. It is a function whose docstring
is its card: the requirement, a paragraph, then ``Sequence:``, ``Passes:``, for a library ``Cure:``, and
``Source:``; ``check`` gives it its id. Several functions or parameters may share an id: the
check passes when all of them do.

Source: docs/institutional/dmm-listing/spot.mdx
"""

from enum import StrEnum

import pytest

from fixtures.desk import Transport
from fixtures.v5.enums import Phase


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
    check_id: str, *, severity: Severity, at_risk: int, observes: int = 1, library: str | None = None
) -> pytest.MarkDecorator:
    """Make a function a check of the catalogue.

    at_risk: how many least-sized orders could fill during one making if the venue breaks its contract,
        which is what the check costs at worst where money is real; 0 is for a check that sends none
    observes: the least number of messages that the venue must send while the check runs; 0 is for
        a check of the suite's own policy
    library: the client library that the check judges, as PyPI names it; its FAIL counts only for a listing
        that trades through it and is a deviation for the others. None when the check judges the venue
    """
    return pytest.mark.check(
        id=check_id, severity=severity, at_risk=at_risk, observes=observes, library=library
    )


def during(*phases: Phase) -> pytest.MarkDecorator:
    """Let a check apply while the listing's agreed phase is one of these; it is N/A in the others."""
    return pytest.mark.phase(*phases)


over_both_transports = pytest.mark.parametrize("desk", list(Transport), indirect=True)
"""Make the check once over REST and once over the trade stream."""

over_trade_stream = pytest.mark.parametrize("desk", [Transport.TRADE], indirect=True)
"""Make the check over the trade stream."""
