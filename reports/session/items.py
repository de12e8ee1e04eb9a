"""Reads a collected item: its check, its requirement, its parameters."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum
from inspect import getdoc, getmodule

import pytest

from reports.verdict.results import Requirement

PARAMETERS = {"desk": "transport"}
"""Name of a check's parameter -> its name in a report, where the two differ."""

PLAIN = (str, int, Decimal, Enum)
"""Parameters that are shown as their text; any other is shown as the id that the check gives it."""


_LABEL = re.compile(r"^(Sequence|Passes|Remediation|Source):", re.MULTILINE)


def check_id_of(item: pytest.Item) -> str:
    """The check's id, "" for an item that is no check."""
    marker = item.get_closest_marker("check")
    return str(marker.kwargs["id"]) if marker else ""


def requirement(item: pytest.Item) -> Requirement:
    """The requirement in the docstring of the item's function."""
    return requirement_of(getdoc(item.function) if isinstance(item, pytest.Function) else None)


def requirement_of(docstring: str | None) -> Requirement:
    """The requirement that a check's docstring states, with its labelled lines."""
    text, *labelled = _LABEL.split(docstring or "")
    title, _, paragraph = text.strip().partition("\n\n")
    lines = {label: _joined(words) for label, words in zip(labelled[::2], labelled[1::2], strict=True)}
    return Requirement(
        _joined(title),
        "\n\n".join(map(_joined, paragraph.strip().split("\n\n"))),
        lines.get("Source", ""),
        lines.get("Sequence", ""),
        lines.get("Passes", ""),
        lines.get("Remediation", ""),
    )


def group(item: pytest.Item) -> str:
    """The prefix of the check's id and its module's first words, up to the first colon or full stop."""
    about = (getdoc(getmodule(getattr(item, "obj", None))) or "").splitlines()
    return f"{check_id_of(item).partition('-')[0]}  {re.split('[:.]', about[0])[0] if about else ''}".strip()


def parameters(item: pytest.Item) -> dict[str, str]:
    """The values that the item was parametrised with, by name."""
    if not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
        return {}
    given = {name: value for name, value in item.callspec.params.items() if not name.startswith("_")}
    shown = {
        PARAMETERS.get(name, name): str(value) for name, value in given.items() if isinstance(value, PLAIN)
    }
    # pytest joins the ids of all parameters by "-"; without the plain values, the id of the others is left.
    case = item.callspec.id
    for value in shown.values():
        case = re.sub(rf"(^|-){re.escape(value)}(?=-|$)", "", case, count=1).strip("-")
    return shown if len(shown) == len(given) else {**shown, "case": case}


def line_of(item: pytest.Item, symbols: Sequence[str]) -> str:
    """The item as a line of the checklist: id, requirement, parameters."""
    test_name = ", ".join(values_shown(parameters(item), symbols))
    return f"{check_id_of(item)}  {requirement(item).title}" + (f" [{test_name}]" if test_name else "")


def label(params: Mapping[str, str], symbols: Sequence[str]) -> str:
    """The parameters in a few words; the symbol only where there are several."""
    return " · ".join(values_shown(params, symbols))


def values_shown(params: Mapping[str, str], symbols: Sequence[str]) -> list[str]:
    """The values that distinguish a case within its check; a number is shown with its parameter's name."""
    apart = {name: value for name, value in params.items() if name != "symbol" or len(symbols) > 1}
    return [
        f"{name.replace('_', ' ')} {value}" if value.removeprefix("-").isdecimal() else value
        for name, value in apart.items()
    ]


def _joined(text: str) -> str:
    return " ".join(text.split())
