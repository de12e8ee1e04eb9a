"""Where the venue's code is mutated."""

import ast
from fnmatch import fnmatchcase

import pytest

from proof.code.equivalent_code import EQUIVALENT
from proof.code.sites import LEFT_OUT, VENUE, code_mutants, modules, mutated_source

MODULE = "engine/matching.py"


def test_every_module_is_mutated_or_left_out_for_a_reason() -> None:
    """No module of the venue is passed over, and no reason is about a module that is gone."""
    paths = [path.relative_to(VENUE).as_posix() for path in VENUE.rglob("*.py")]

    for path in paths:
        assert (path in modules()) != any(fnmatchcase(path, pattern) for pattern in LEFT_OUT)
    assert all(any(fnmatchcase(path, pattern) for path in paths) for pattern in LEFT_OUT)


def test_a_mutant_is_its_module_with_one_change() -> None:
    """The source of a mutant can be parsed, and differs from the module's."""
    original = (VENUE / MODULE).read_text(encoding="utf-8")

    for mutant in code_mutants()[MODULE][::20]:
        source = mutated_source(mutant)
        assert source != original
        ast.parse(source)


def test_a_name_stands_for_one_mutant() -> None:
    """No two mutants have one name."""
    names = [mutant.name for found in code_mutants().values() for mutant in found]

    assert len(names) == len(set(names))


def test_texts_for_readers_are_left_alone() -> None:
    """The sentence of a refusal is no contract: none is mutated."""
    assert not any(
        mutant.kind == "string" and " " in mutant.name.partition(": ")[2].partition(" → ")[0].strip('"')
        for mutant in code_mutants()["model/refusal_texts.py"]
    )


@pytest.mark.parametrize("pattern", EQUIVALENT)
def test_every_reason_is_about_a_mutant(pattern: str) -> None:
    """A pattern that matches no mutant is stale."""
    escaped = pattern.replace("[", "[[]")

    assert any(fnmatchcase(mutant.name, escaped) for found in code_mutants().values() for mutant in found)


def test_a_constant_has_the_lines_of_its_statement() -> None:
    """A word in a row has the lines of the statement that holds it; a lambda in a table has its own."""
    words = {mutant.name: mutant.lines for mutant in code_mutants()["model/rows.py"]}
    rules = [
        mutant.lines
        for mutant in code_mutants()["engine/order_rules.py"]
        if "module: x.is_limit" in mutant.name
    ]

    first, last = words['model/rows.py wallet: "accountLTV" → "ACCOUNTLTV"']
    assert last - first > 5
    assert all(last - first < 5 for first, last in rules)
