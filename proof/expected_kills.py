"""Which checks must fail on which defect, and what is left unproven, each with its reason."""

from collections.abc import Mapping

from fixtures.clients.retry.policy_defects import POLICY_DEFECTS
from fixtures.defect import Defect
from fixtures.libraries.library_defects import LIBRARY_DEFECTS
from fixtures.venue.defects import DEFECTS

ALL_DEFECTS: Mapping[str, Defect] = dict(sorted({**DEFECTS, **LIBRARY_DEFECTS, **POLICY_DEFECTS}.items()))
"""Name -> defect, of the venue, the client libraries and the retry policy."""

EXPECTED_KILLS: Mapping[str, tuple[str, ...]] = {name: defect.kills for name, defect in ALL_DEFECTS.items()}
"""Defect -> ids of the checks that must fail on it, as each defect says itself."""

TIMED_OUT: Mapping[str, str] = {
    name: defect.times_out for name, defect in ALL_DEFECTS.items() if defect.times_out
}
"""The defects that a check can only notice by an event that does not come, and why nothing else shows it."""

UNPROVEN: Mapping[str, str] = {}
"""The checks that no defect can make fail, and why."""
