"""How much of the checklist a run makes: ``--profile smoke|signoff|regression``."""

from collections.abc import Sequence
from enum import StrEnum

import pytest

from reports.items import check_id_of
from reports.requirements import Requirements


class Profile(StrEnum):
    """How much of the checklist a run makes."""

    SMOKE = "smoke"
    """The short list of the requirement set: a look at the connection, and no sign-off."""
    SIGNOFF = "signoff"
    """What the requirement set demands."""
    REGRESSION = "regression"
    """Every check there is."""


def required_by(profile: Profile, requirements: Requirements) -> Requirements:
    """What a run of the profile must contain."""
    return requirements.only_smoke() if profile is Profile.SMOKE else requirements


def select(config: pytest.Config, items: list[pytest.Item], required: Requirements) -> None:
    """Deselect what is beyond the profile, unless ``-k`` or a node id names it."""
    wanted = set(required.check_ids)
    beyond = [
        item
        for item in items
        if (check_id := check_id_of(item))
        and check_id not in wanted
        and check_id.lower() not in config.option.keyword.lower()
        and not _named(item, config.args)
    ]
    if beyond:
        config.hook.pytest_deselected(items=beyond)
        items[:] = [item for item in items if item not in beyond]


def _named(item: pytest.Item, arguments: Sequence[str]) -> bool:
    """True when a node id of the command line leads to the item."""
    names = (argument.partition("::")[2] for argument in arguments)
    return any(name and item.nodeid.partition("::")[2].startswith(name) for name in names)
