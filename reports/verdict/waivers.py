"""``waivers.yaml``: the failures that the exchange's desk accepts, each until a date.

What a waiver does to a verdict is decided in ``reports.verdict.decide``.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from fixtures.config.yaml_file import EnvironmentFileError, fault_text, loaded
from reports.verdict.decide import Waived, may_be_waived
from reports.verdict.results import Check


class WaiverError(Exception):
    """waivers.yaml is wrong; the text is one line: which waiver, what was expected."""


class Waiver(BaseModel):
    """One agreed failure.

    owner: who at the exchange's desk agreed
    link: where the agreement is written down
    expires: the last day on which it holds, UTC
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    check: str = Field(min_length=1)
    owner: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    link: str = Field(min_length=1)
    expires: date

    def holds_on(self, day: date) -> bool:
        """True until the end of its last day."""
        return day <= self.expires


_WAIVERS = TypeAdapter(tuple[Waiver, ...])


def read(path: Path) -> tuple[Waiver, ...]:
    """The waivers of the file, none when there is no file; raises WaiverError."""
    try:
        content = (loaded(path) or ()) if path.exists() else ()
        waivers = _WAIVERS.validate_python(content)
    except EnvironmentFileError as error:
        raise WaiverError(str(error)) from None
    except ValidationError as error:
        fault = error.errors()[0]
        raise WaiverError(f"{path.name}: {fault_text(fault, _place(content, fault['loc']))}") from None
    twice = {waiver.check for waiver in waivers if sum(other.check == waiver.check for other in waivers) > 1}
    if twice:
        raise WaiverError(f"{path.name}: {min(twice)} is waived more than once")
    return waivers


def _place(content: Any, where: tuple[int | str, ...]) -> str:  # noqa: ANN401 - whatever stands in the file
    """Which waiver, by its check or its position from 1, and which of its fields."""
    if not where:
        return "the file"
    index, *field = where
    entry = content[index] if isinstance(index, int) else {}
    check_id = entry.get("check") if isinstance(entry, dict) else None
    named = isinstance(check_id, str) and check_id.strip()
    return ": ".join([named or f"waiver {int(index) + 1}", *map(str, field)])


def validate(waivers: Iterable[Waiver], known: Mapping[str, Check]) -> None:
    """Refuse a waiver of an unknown check or of a blocker; raises WaiverError."""
    for waiver in waivers:
        if waiver.check not in known:
            raise WaiverError(f"waivers.yaml: {waiver.check} is not a check of this suite")
        if not may_be_waived(known[waiver.check]):
            raise WaiverError(f"waivers.yaml: {waiver.check} is a blocker, and a blocker cannot be waived")


def standing_on(day: date, waivers: Iterable[Waiver]) -> dict[str, Waived]:
    """Check id -> its waiver as it stands on a day."""
    return {waiver.check: Waived(waiver.expires.isoformat(), waiver.holds_on(day)) for waiver in waivers}
