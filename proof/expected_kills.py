"""The expected kills: which checks must fail on which defect, and which checks are unproven, and why."""

import inspect
from collections.abc import Mapping

from drivers.mutant_clients import EXPECTED, MUTANTS
from fixtures.clients.retry.policy_defects import POLICY_DEFECTS
from fixtures.defect import Defect
from fixtures.libraries.library_defects import LIBRARY_DEFECTS
from fixtures.venue.defects import DEFECTS

CLIENT_DEFECTS: Mapping[str, Defect] = {
    name: Defect(text=inspect.getdoc(mutant) or "", kills=tuple(sorted(EXPECTED[name])))
    for name, mutant in MUTANTS.items()
}
"""Name -> mutant of the reference client."""
ALL_DEFECTS: Mapping[str, Defect] = dict(
    sorted({**DEFECTS, **LIBRARY_DEFECTS, **POLICY_DEFECTS, **CLIENT_DEFECTS}.items())
)
"""Name -> defect, of the venue, the client libraries, the retry policy and the order client."""

EXPECTED_KILLS: Mapping[str, tuple[str, ...]] = {name: defect.kills for name, defect in ALL_DEFECTS.items()}
"""Defect -> ids of the checks that must fail on it, as each defect declares them."""

TIMED_OUT: Mapping[str, str] = {
    name: defect.times_out for name, defect in ALL_DEFECTS.items() if defect.times_out
}
"""Defect -> why a check can only time out on it; for every other defect a timeout is not enough."""

UNPROVEN: Mapping[str, str] = {
    "CRT-51": "It judges a bot without a driver: python -m proof.observed_kills shows what it notices."
}
"""Check id -> why no defect can make it fail."""
