"""What a collected item says about itself: its check, its requirement, its parameters."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum
from inspect import getdoc, getmodule

import pytest

from reports.session.phases import requirement_of
from reports.verdict.results import Requirement

PARAMETERS = {"desk": "transport"}
"""What a parameter of a check is called in a report, where that is not its own name."""

PLAIN = (str, int, Decimal, Enum)
"""Parameters whose text says what they are; the others show as the id that the check gives them."""


def check_id_of(item: pytest.Item) -> str:
    """The check's id, "" for an item that is no check."""
    marker = item.get_closest_marker("check")
    return str(marker.kwargs["id"]) if marker else ""


def requirement(item: pytest.Item) -> Requirement:
    """What the item's function demands."""
    return requirement_of(getdoc(item.function) if isinstance(item, pytest.Function) else None)


def group(item: pytest.Item) -> str:
    """The prefix of the check's id and what its module is about, up to the first colon or full stop."""
    about = (getdoc(getmodule(getattr(item, "obj", None))) or "").splitlines()
    return f"{check_id_of(item).partition('-')[0]}  {re.split('[:.]', about[0])[0] if about else ''}".strip()


def parameters(item: pytest.Item) -> dict[str, str]:
    """What the item was parametrised with."""
    if not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
        return {}
    given = {name: value for name, value in item.callspec.params.items() if not name.startswith("_")}
    shown = {
        PARAMETERS.get(name, name): str(value) for name, value in given.items() if isinstance(value, PLAIN)
    }
    case = item.callspec.id
    for value in shown.values():
        case = re.sub(rf"(^|-){re.escape(value)}(?=-|$)", "", case, count=1).strip("-")
    return shown if len(shown) == len(given) else {**shown, "case": case}


def line_of(item: pytest.Item, symbols: Sequence[str]) -> str:
    """The item as a line of the checklist: id, requirement, parameters."""
    test_name = ", ".join(told_apart(parameters(item), symbols))
    return f"{check_id_of(item)}  {requirement(item).title}" + (f" [{test_name}]" if test_name else "")


def label(params: Mapping[str, str], symbols: Sequence[str]) -> str:
    """The parameters in a few words; a symbol is told only where there are several."""
    return " · ".join(told_apart(params, symbols))


def told_apart(params: Mapping[str, str], symbols: Sequence[str]) -> list[str]:
    """The values that tell a making from the others of its check; a bare number says what it counts."""
    apart = {name: value for name, value in params.items() if name != "symbol" or len(symbols) > 1}
    return [
        f"{name.replace('_', ' ')} {value}" if value.removeprefix("-").isdecimal() else value
        for name, value in apart.items()
    ]
