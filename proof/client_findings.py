"""What fails in the certificates of unmodified libraries because of the library, and what its user can do.

A finding is printed while one of its checks fails in the runs of the page, so that one that a later version
has mended disappears with it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or lack of a library.

    client: its name in environments.yaml
    checks: ids of the checks that show it
    what: what the library does; where: the place in its code, "" for something that is not there
    cure: what its user can do without changing the library
    """

    client: str
    checks: tuple[str, ...]
    what: str
    where: str
    cure: str


FINDINGS: tuple[Finding, ...] = ()
