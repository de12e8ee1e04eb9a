"""The expected kills: which checks must fail on which defect, and which checks are unproven, and why."""

from collections.abc import Mapping

from fixtures.clients.retry.policy_defects import POLICY_DEFECTS
from fixtures.defect import Defect
from fixtures.libraries.library_defects import LIBRARY_DEFECTS
from fixtures.venue.defects import DEFECTS

ALL_DEFECTS: Mapping[str, Defect] = dict(sorted({**DEFECTS, **LIBRARY_DEFECTS, **POLICY_DEFECTS}.items()))
"""Name -> defect, of the venue, the client libraries and the retry policy."""

EXPECTED_KILLS: Mapping[str, tuple[str, ...]] = {name: defect.kills for name, defect in ALL_DEFECTS.items()}
"""Defect -> ids of the checks that must fail on it, as each defect declares them."""

TIMED_OUT: Mapping[str, str] = {
    name: defect.times_out for name, defect in ALL_DEFECTS.items() if defect.times_out
}
"""Defect -> why a check can only time out on it; for every other defect a timeout is not enough."""

UNPROVEN: Mapping[str, str] = {}
"""Check id -> why no defect can make it fail."""
