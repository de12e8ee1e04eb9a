"""What the command line selects; only a run of the whole folder of the checks can be a sign-off."""

import ast
import shlex
from collections.abc import Collection, Sequence
from pathlib import Path

import pytest

from reports.session.items import check_id_of
from reports.verdict.requirements import Requirements

LONGEST_LIST = 3
"""How many names are listed before the rest is counted."""


def filtered(arguments: Sequence[str], working_directory: Path, checks: Path) -> str | None:
    """The arguments that select inside the folder of the checks; None when there are none.

    pytest collects nothing beside a node id, so that the plan alone cannot show what was omitted.
    arguments: paths and node ids as pytest resolved them, relative to the working directory
    """
    inside = [
        argument for argument in arguments if _selects_inside(argument, working_directory, checks.resolve())
    ]
    if not inside:
        return None
    return _listed(inside)


def deselected_by(config: pytest.Config) -> str:
    """The options that select among the collected items, "" when none was given."""
    given = [f"{name} {shlex.quote(value)}" for name, value in _choosing(config) if value]
    options = [f"--{name}" for name in ("lf", "stepwise") if config.getoption(name, default=False)]
    return " ".join((*given, *options))


def _choosing(config: pytest.Config) -> list[tuple[str, str]]:
    given = config.option
    return [
        ("-k", given.keyword),
        ("-m", given.markexpr),
        *(("--deselect", node_id) for node_id in given.deselect or ()),
    ]


def deselected(collected: Collection[tuple[str, str]], checks: Path) -> str | None:
    """The functions of the checks that pytest never collected; None when there are none.

    An ignored file, or one that --lf skips, is not reported as deselected: only the source files show that
    its functions exist.
    collected: file name and function name of each item that pytest found
    """
    defined = [(path.name, name) for path in sorted(checks.rglob("test_*.py")) for name in _functions(path)]
    missing = [f"{file}::{name}" for file, name in defined if (file, name) not in collected]
    return _listed(missing) if missing else None


def _functions(path: Path) -> list[str]:
    tree = ast.parse(path.read_bytes())
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return [function.name for function in functions if function.name.startswith("test_")]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - LONGEST_LIST} more" if len(names) > LONGEST_LIST else ""
    return f"{', '.join(names[:LONGEST_LIST])}{more}"


def _selects_inside(argument: str, working_directory: Path, checks: Path) -> bool:
    path, _, name = argument.partition("::")
    selected = (working_directory / path).resolve()
    return checks in selected.parents or (selected == checks and bool(name))


def select_profile(config: pytest.Config, items: list[pytest.Item], required: Requirements) -> None:
    """Deselect checks beyond the requirements of a profile, unless ``-k`` or a node id names them."""
    wanted = set(required.check_ids)
    beyond = [
        item
        for item in items
        if (check_id := check_id_of(item))
        and check_id not in wanted
        and (required.formerly(check_id) or check_id).lower() not in config.option.keyword.lower()
        and not _named(item, config.args)
    ]
    if beyond:
        config.hook.pytest_deselected(items=beyond)
        items[:] = [item for item in items if item not in beyond]


def _named(item: pytest.Item, arguments: Sequence[str]) -> bool:
    """True when a node id of the command line leads to the item."""
    names = (argument.partition("::")[2] for argument in arguments)
    return any(name and item.nodeid.partition("::")[2].startswith(name) for name in names)
