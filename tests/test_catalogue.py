"""The checklist is complete: every required check exists and documents what it demands."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from reports.session.items import requirement_of
from reports.verdict.requirements import newest, read

ROOT = Path(__file__).parents[1]
LAWS = ROOT / "fixtures" / "oracle" / "laws"
"""The laws name the check that reports their contradictions."""
REGRESSION_ONLY = {
    *("CON-03", "CON-04", "CON-08", "FLT-17", "FLT-21", "FLT-22", "MKR-28", "MKR-39", "MKR-50"),
    *("MKR-51", "MKR-54", "PRM-28", "PRM-29", "CON-34", "CON-35", "CON-38", "CON-43"),
}
"""The checks that wait for half a minute or longer, or take from others."""
CHECK_ID = re.compile(r"\b[A-Z]{3}-\d\d(?:\.\d\d)?\b")


DEFECTS = {
    "defects",
    "library_defects.py",
    "policy_defects.py",
    "variants",
    "client_findings.py",
    "expected_kills.py",
}
"""The modules, or their folder, that name the checks that must fail on each defect, or fail on a library."""


def functions() -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The check functions of every module."""
    for path in sorted((ROOT / "checks").rglob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield node


def ids_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The check ids that a function's decorators give it."""
    text = "".join(ast.unparse(decorator) for decorator in function.decorator_list)
    return {match.group() for match in CHECK_ID.finditer(text)}


def required() -> set[str]:
    """The ids that a sign-off must contain."""
    content = yaml.safe_load(newest(ROOT / "checks").read_text(encoding="utf-8"))
    return {check_id for item in content["items"] for check_id in item["checks"]}


def test_required_checks_are_the_checks_there_are() -> None:
    """The requirement set names every check but those of the regression profile alone, and no other."""
    assert set().union(*map(ids_of, functions())) - REGRESSION_ONLY == required()


def test_an_id_is_one_requirement() -> None:
    """No two functions have the same id: a verdict, a severity or a waiver of it would be of both."""
    found = Counter(check_id for function in functions() for check_id in ids_of(function))

    assert {check_id: count for check_id, count in found.items() if count > 1} == {}


@pytest.mark.parametrize("function", list(functions()), ids=lambda function: function.name)
def test_check_is_described(function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """A check has an id, a requirement of one sentence, and a source."""
    text = ast.get_docstring(function) or ""

    assert ids_of(function)
    assert text.splitlines()[0].endswith(".")
    assert re.search(r"^Source: docs/", text, re.MULTILINE)


@pytest.mark.parametrize("function", list(functions()), ids=lambda function: function.name)
def test_check_is_a_card(function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """A check documents its sequence of events and its pass rule, each once, right before its source."""
    *_, block = (ast.get_docstring(function) or "").split("\n\n")

    labels = re.findall(r"^([A-Z]\w+):", block, re.MULTILINE)
    assert [label for label in labels if label != "Remediation"] == ["Sequence", "Passes", "Source"]
    demanded = requirement_of(ast.get_docstring(function))
    assert demanded.sequence.endswith(".")
    assert demanded.passes.endswith(".")


@pytest.mark.parametrize("function", list(functions()), ids=lambda function: function.name)
def test_check_has_no_control_flow(function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """A check has no try, no sleep, and no branch but one that names a missing prerequisite."""
    for node in ast.walk(function):
        assert not isinstance(node, ast.Try | ast.While)
        if isinstance(node, ast.If):
            assert ast.unparse(node.body[0]).startswith("raise Blocked(")
        if isinstance(node, ast.Call):
            assert not ast.unparse(node.func).endswith("sleep")


def test_waiver_of_the_readme_can_be_given() -> None:
    """README's example waives a check that is no blocker, because a blocker cannot be waived."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = yaml.safe_load(readme.partition("```yaml\n")[2].partition("```")[0])

    severities = {
        ast.unparse(keyword.value)
        for function in functions()
        if example["check"] in ids_of(function)
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call)
        for keyword in decorator.keywords
        if keyword.arg == "severity"
    }
    assert severities
    assert "BLOCKER" not in severities


def test_facts_about_a_check_stand_on_the_check() -> None:
    """No code outside the checks, the laws and the defects that they must notice names a check by its id."""
    folders = (ROOT / name for name in ("fixtures", "reports", "proof", "bench"))
    files = [
        path
        for folder in folders
        for path in folder.rglob("*.py")
        if not DEFECTS & {path.name, path.parent.name} and path.parent != LAWS
    ]

    named = {
        str(path.relative_to(ROOT)): found
        for path in [ROOT / "conftest.py", *files]
        if (found := CHECK_ID.findall(path.read_text(encoding="utf-8")))
    }
    assert named == {}


def test_page_maps_to_checks() -> None:
    """docs/checklist.md, which maps the page's sentences to checks, names every required check."""
    page, requirements = (
        (ROOT / "docs/checklist.md").read_text(encoding="utf-8"),
        read(newest(ROOT / "checks")),
    )

    table = "".join(line for line in page.splitlines() if line.startswith("|"))
    named = {match.group() for match in CHECK_ID.finditer(table)}
    stands_for = [requirements.split.get(check_id, (check_id,)) for check_id in named]
    assert {check_id for parts in stands_for for check_id in parts} == set(requirements.check_ids)
