"""Two defects of the venue as one, known to this process by the names of both."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from fixtures.venue.defects import DEFECTS
from fixtures.venue.defects.definition import VenueDefect

JOINT = "+"
"""Between the names of two defects, in the name of their pair."""


@contextmanager
def paired(name: str) -> Iterator[None]:
    """Let this process know a pair as one defect; a name without a joint changes nothing."""
    if JOINT not in name:
        yield
        return
    with mock.patch.dict(DEFECTS, {name: joined(name)}):
        yield


def joined(name: str) -> VenueDefect:
    """The defect that is both of a pair, with the expected kills of both."""
    both = [DEFECTS[part] for part in name.split(JOINT)]
    return VenueDefect(
        text=" ".join(defect.text for defect in both),
        kills=tuple(dict.fromkeys(check_id for defect in both for check_id in defect.kills)),
        overrides=tuple(override for defect in both for override in defect.overrides),
    )
