"""Groups what did not pass in a sign-off, so that one reason is shown once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Deviation:
    """One check that did not pass, or several that share verdict and reason.

    checks: as the sign-off holds them, in its order; at least one
    """

    verdict: str
    sentence: str
    checks: tuple[Mapping[str, Any], ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the checks."""
        return tuple(check["id"] for check in self.checks)


def deviations(content: Mapping[str, Any], alike: Collection[str]) -> tuple[Deviation, ...]:
    """The checks of a sign-off that did not pass.

    alike: the verdicts whose checks share one deviation when they have the same reason
    """
    gathered: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for item in content["items"]:
        for check in item["checks"]:
            if check["verdict"] == "PASS":
                continue
            apart = () if check["verdict"] in alike else (check["id"],)
            gathered.setdefault((check["verdict"], check["sentence"], *apart), []).append(check)
    return tuple(Deviation(key[0], key[1], tuple(checks)) for key, checks in gathered.items())
