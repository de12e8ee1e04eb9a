"""What the command line selects; only the whole folder of the checks can be a sign-off."""

from collections.abc import Sequence
from pathlib import Path

LONGEST_LIST = 3
"""How many arguments are named before the rest is counted."""


def narrowed(arguments: Sequence[str], working_directory: Path, checks: Path) -> str | None:
    """The arguments that select inside the folder of the checks; None when there are none.

    A node id never collects what stands next to it, so a plan cannot know what it left out.
    arguments: paths and node ids as pytest resolved them, relative to the working directory
    """
    inside = [one for one in arguments if _selects_inside(one, working_directory, checks.resolve())]
    if not inside:
        return None
    more = f" and {len(inside) - LONGEST_LIST} more" if len(inside) > LONGEST_LIST else ""
    return f"{', '.join(inside[:LONGEST_LIST])}{more}"


def _selects_inside(argument: str, working_directory: Path, checks: Path) -> bool:
    path, _, name = argument.partition("::")
    selected = (working_directory / path).resolve()
    return checks in selected.parents or (selected == checks and bool(name))
