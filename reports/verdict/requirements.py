"""The checks that a sign-off must contain, read from ``checks/requirements-<date>.yaml``."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import Field

from fixtures.config.yaml_file import EnvironmentFileError, Section, content_of, valid
from reports.verdict.results import Check, Item


class RequirementsError(Exception):
    """The requirement set cannot be read; the text is one line."""


class _Item(Section):
    number: int
    title: str
    clause: str
    checks: tuple[str, ...]


class _File(Section):
    version: str
    smoke: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    split: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    items: tuple[_Item, ...]


@dataclass(frozen=True, slots=True)
class Requirements:
    """A version of the requirement set.

    sha256: of the file's bytes
    smoke: the ids of the short profile, which is no sign-off
    exempt: the ids of the blockers that an environment may declare N/A
    split: an id of an earlier set that stood for several requirements -> the ids of these
    """

    version: str
    sha256: str
    items: tuple[Item, ...]
    smoke: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    split: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def check_ids(self) -> tuple[str, ...]:
        """Every id that a sign-off must contain."""
        return tuple(check_id for item in self.items for check_id in item.checks)

    def only_smoke(self) -> "Requirements":
        """The set cut down to the short profile."""
        return self.only(lambda check_id: check_id in self.smoke)

    def only(self, is_wanted: Callable[[str], bool]) -> "Requirements":
        """The set cut down to the checks whose id is wanted, without the items that keep none."""
        cut = (replace(item, checks=tuple(filter(is_wanted, item.checks))) for item in self.items)
        return replace(self, items=tuple(item for item in cut if item.checks))

    def plan(self, collected: Mapping[str, Check]) -> tuple[Check, ...]:
        """The required checks in their order, then what was collected beyond them."""
        required = (
            replace(
                collected.get(check_id, Check(check_id)),
                exempt=check_id in self.exempt,
                formerly=self.formerly(check_id),
            )
            for check_id in self.check_ids
        )
        beyond = (check for check_id, check in collected.items() if check_id not in self.check_ids)
        return (*required, *beyond)

    def formerly(self, check_id: str) -> str:
        """The id of an earlier set that stood for this requirement and others, "" for none."""
        return next((former for former, parts in self.split.items() if check_id in parts), "")

    def require_current(self, named: Iterable[str], where: str) -> None:
        """Raise RequirementsError when an id was split: whoever named it may have meant one part only.

        where: what names the ids, as the error says it
        """
        former = next((check_id for check_id in named if check_id in self.split), None)
        if former is not None:
            parts = ", ".join(self.split[former])
            raise RequirementsError(
                f"{where} names {former}, which is now {parts}: name those that are meant"
            )


def newest(folder: Path) -> Path:
    """The requirement set with the latest date; raises RequirementsError when there is none."""
    paths = sorted(folder.glob("requirements-*.yaml"))
    if not paths:
        raise RequirementsError(f"{folder.name}/ has no requirements-<date>.yaml")
    return paths[-1]


def read(path: Path) -> Requirements:
    """Read one requirement set; raises RequirementsError."""
    try:
        file = valid(_File, content_of(path), path)
    except EnvironmentFileError as error:
        raise RequirementsError(str(error)) from None
    # A section may be named before its first check stands.
    items = tuple(
        Item(item.number, item.title, item.clause, item.checks) for item in file.items if item.checks
    )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    required = Requirements(file.version, digest, items, file.smoke, file.exempt, file.split)
    parts = [check_id for own in file.split.values() for check_id in own]
    for name, ids in (("smoke", file.smoke), ("exempt", file.exempt), ("split", parts)):
        unknown = sorted(set(ids) - set(required.check_ids))
        if unknown:
            raise RequirementsError(f"{path.name}: {name} names {unknown[0]}, which no item requires")
    current = sorted(set(file.split) & set(required.check_ids))
    if current:
        raise RequirementsError(f"{path.name}: split names {current[0]}, which an item still requires")
    twice = sorted(check_id for check_id, count in Counter(parts).items() if count > 1)
    if twice:
        raise RequirementsError(f"{path.name}: split names {twice[0]} more than once")
    return required
