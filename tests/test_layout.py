"""A module's name and a class's name mean one thing in the whole code base."""

import ast
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[1]
SIDES = (
    ("fixtures/clients/", "fixtures/desk/"),
    ("fixtures/venue/",),
    ("fixtures/oracle/",),
    ("fixtures/gateway/",),
    ("fixtures/driver/",),
    ("drivers/",),
)
"""The client's side, the venue's, the oracle's, the gateway between them, and the driver protocol's two ends:
each has its own view of a thing."""
IN_EVERY_PACKAGE = {"__init__.py", "__main__.py", "plugin.py"}
"""Names that Python or pytest give a meaning of their own."""
ROOM_DEPTH = 2
"""A room is a package below the root, or a package directly inside one: ``proof``, ``fixtures/desk``."""


def modules() -> list[str]:
    """The tracked modules outside the tests, relative to the root."""
    command = ["git", "ls-files", "-z", "*.py"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    return [name for name in listed.stdout.split("\0") if name and not name.startswith("tests/")]


def are_twins(places: list[str]) -> bool:
    """True for places of which no two are on one side, and none on no side."""
    sides = [number for place in places for number, side in enumerate(SIDES) if place.startswith(side)]
    return len(sides) == len(places) == len(set(sides))


def repeated(places: Mapping[str, list[str]]) -> list[str]:
    """A line for each name that stands in several places and is no pair of twins."""
    return [
        f"{name}: {', '.join(sorted(where))}"
        for name, where in sorted(places.items())
        if len(where) > 1 and not are_twins(where)
    ]


def name_of(module: str) -> str:
    """The basename that must be unique; for errors.py, of which each room has one, with the room."""
    path = PurePosixPath(module)
    if path.name == "errors.py":
        return str(PurePosixPath(*path.parent.parts[:ROOM_DEPTH], path.name))
    return path.name


def test_no_two_modules_share_a_basename() -> None:
    """A basename stands for one module, or for the views that client, venue and oracle have of it."""
    places = defaultdict[str, list[str]](list)
    for module in modules():
        if PurePosixPath(module).name not in IN_EVERY_PACKAGE:
            places[name_of(module)].append(module)

    shared = repeated(places)
    assert not shared, "\n".join([f"{len(shared)} shared basenames:", *shared])


def test_no_two_classes_share_a_public_name() -> None:
    """A public class name stands for one class, or for the views that client, venue and oracle have of it.

    The classes of the defects have lower-case names, those of ``--defect``, and are unique by their registry.
    """
    places = defaultdict[str, list[str]](list)
    for module in modules():
        for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and node.name[0].isupper():
                places[node.name].append(f"{module}:{node.lineno}")

    shared = repeated(places)
    assert not shared, "\n".join([f"{len(shared)} shared class names:", *shared])
