"""``waivers.yaml``: the failures that the desk has agreed to live with, each until a date."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from reports.model import Check, Result, Verdict


class WaiverError(Exception):
    """waivers.yaml is wrong; the text is one line: which waiver, what was expected."""


class Waiver(BaseModel):
    """One agreed failure.

    owner: who on the desk agreed
    link: where the agreement is written down
    expires: the last day on which it holds, UTC
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

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
    if not path.exists():
        return ()
    try:
        waivers = _WAIVERS.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")) or ())
    except yaml.YAMLError as error:
        raise WaiverError(f"{path.name}: not YAML: {getattr(error, 'problem', None) or error}") from None
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"]) or "the file"
        raise WaiverError(f"{path.name}: {where}: {fault['msg']}") from None
    twice = {waiver.check for waiver in waivers if sum(other.check == waiver.check for other in waivers) > 1}
    if twice:
        raise WaiverError(f"{path.name}: {min(twice)} is waived more than once")
    return waivers


def validate(waivers: Iterable[Waiver], known: Mapping[str, Check]) -> None:
    """Refuse a waiver of an unknown check or of a blocker; raises WaiverError."""
    for waiver in waivers:
        if waiver.check not in known:
            raise WaiverError(f"waivers.yaml: {waiver.check} is not a check of this suite")
        if known[waiver.check].severity == "blocker":
            raise WaiverError(f"waivers.yaml: {waiver.check} is a blocker, and a blocker cannot be waived")


def apply(found: Sequence[Result], waivers: Sequence[Waiver], today: date) -> tuple[Result, ...]:
    """The results with their waivers applied."""
    by_check = {waiver.check: waiver for waiver in waivers}
    return tuple(_apply(result, by_check.get(result.id), today) for result in found)


def _apply(result: Result, waiver: Waiver | None, today: date) -> Result:
    if waiver is None:
        return result
    if result.verdict is Verdict.PASS:
        return replace(
            result,
            verdict=Verdict.FAIL,
            sentence="waiver without a failure: take the check out of waivers.yaml",
        )
    if result.verdict is not Verdict.FAIL:
        return result
    if not waiver.holds_on(today):
        return replace(result, sentence=f"{result.sentence} (its waiver expired on {waiver.expires})")
    return replace(result, verdict=Verdict.WAIVED)
