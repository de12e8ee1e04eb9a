"""Who was tested, where and on what."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from fixtures.record.run import Run


@dataclass(frozen=True, slots=True)
class ListedSymbol:
    """A symbol under test with its filters as the venue published them during the run.

    phase: as agreed, "" when environments.yaml does not list the symbol
    filters: under the names of the suite, figures as sent; empty when the venue never showed the symbol
    sha256: of the filters' canonical JSON
    """

    symbol: str
    phase: str
    filters: Mapping[str, str]
    sha256: str


@dataclass(frozen=True, slots=True)
class Subject:
    """Who was tested, where and on what.

    uid: masked; "" when the venue never named it for the key
    rehearsal: why this is no sign-off, "" when it is one
    """

    environment: str
    host: str
    uid: str
    key_fingerprint: str
    details: Mapping[str, str]
    listings: tuple[ListedSymbol, ...]
    rehearsal: str


def subject(run: Run) -> Subject:
    """Who was tested, where and on what."""
    identity = run.identity
    return Subject(
        environment=run.environment.name,
        host="embedded venue, this machine" if run.environment.embedded else run.environment.rest,
        uid=identity.masked_uid if identity else "",
        key_fingerprint=identity.key_fingerprint if identity else "",
        details=dict(identity.details) if identity else {},
        listings=tuple(_listed(run, symbol) for symbol in run.symbols),
        rehearsal=_rehearsal(run),
    )


def _rehearsal(run: Run) -> str:
    if run.defect:
        return f"Rehearsal with venue defect {run.defect}: not a sign-off."
    if run.variants:
        return f"Rehearsal on a legal variant of the venue ({', '.join(run.variants)}): not a sign-off."
    if run.environment.embedded or is_loopback(run.environment.rest):
        return "Rehearsal on an embedded venue: nothing here comes from the exchange."
    return ""


def is_loopback(url: str) -> bool:
    """True when the URL's host is this machine, by name or by address."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _listed(run: Run, symbol: str) -> ListedSymbol:
    filters = run.instruments.get(symbol, {})
    canonical = json.dumps(filters, sort_keys=True, separators=(",", ":"))
    listing = run.environment.listings.get(symbol)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return ListedSymbol(symbol, str(listing.phase) if listing else "", filters, digest)
