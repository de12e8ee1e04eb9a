"""The field mutants that no check may kill, each with its reason."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

EQUIVALENT: Mapping[str, str] = {}
"""Pattern of a mutant's name -> why such a message is within the documents.

These mutants do not count in the share, unless one is killed all the same.
"""


def reason(name: str) -> str:
    """Why no check may kill a mutant, "" when one should."""
    # The brackets of a path are no set of characters.
    patterns = ((pattern.replace("[", "[[]"), why) for pattern, why in EQUIVALENT.items())
    return next((why for pattern, why in patterns if fnmatchcase(name, pattern)), "")
