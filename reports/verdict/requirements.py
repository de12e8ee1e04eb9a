"""The checks that a sign-off must contain, read from ``checks/requirements-<date>.yaml``."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

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
    items: tuple[_Item, ...]


@dataclass(frozen=True, slots=True)
class Requirements:
    """A version of the requirement set.

    sha256: of the file's bytes
    smoke: the ids of the short profile, which is no sign-off
    exempt: the ids of the blockers that an environment may declare N/A
    """

    version: str
    sha256: str
    items: tuple[Item, ...]
    smoke: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()

    @property
    def check_ids(self) -> tuple[str, ...]:
        """Every id that a sign-off must contain."""
        return tuple(check_id for item in self.items for check_id in item.checks)

    def only_smoke(self) -> "Requirements":
        """The set cut down to the short profile."""
        cut = (replace(one, checks=tuple(x for x in one.checks if x in self.smoke)) for one in self.items)
        return replace(self, items=tuple(item for item in cut if item.checks))

    def plan(self, collected: Mapping[str, Check]) -> tuple[Check, ...]:
        """The required checks in their order, then what was collected beyond them."""
        required = (
            replace(collected.get(check_id, Check(check_id)), exempt=check_id in self.exempt)
            for check_id in self.check_ids
        )
        beyond = (check for check_id, check in collected.items() if check_id not in self.check_ids)
        return (*required, *beyond)


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
    items = tuple(Item(one.number, one.title, one.clause, one.checks) for one in file.items if one.checks)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    required = Requirements(file.version, digest, items, file.smoke, file.exempt)
    for name, ids in (("smoke", file.smoke), ("exempt", file.exempt)):
        unknown = sorted(set(ids) - set(required.check_ids))
        if unknown:
            raise RequirementsError(f"{path.name}: {name} names {unknown[0]}, which no item requires")
    return required
