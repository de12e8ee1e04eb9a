"""The measure of the code mutants."""

from proof.code.code_measure import Cases, CodeFate, CodeMeasure, CodeResult
from proof.code.sites import CodeMutant
from proof.trial import CaseKind, CaseOutcome, Job, TrialResult, required


def _mutant(*, line: int, at_import: bool = False) -> CodeMutant:
    return CodeMutant(f"a.py f: {line}", "number", "a.py", (line, line), 0, at_import)


def _cases() -> Cases:
    """Three cases of two checks: one runs little but the module, one much else, one another line."""
    cases = Cases()
    checks = {"x::near": "A-01", "x::far": "B-01", "x::other": "A-01"}
    result = TrialResult(
        Job("x"), tuple(CaseOutcome(check, node, CaseKind.PASSED) for node, check in checks.items())
    )
    lines = {
        "x::near": {"a.py": frozenset({1, 2})},
        "x::far": {"a.py": frozenset({1}), "b.py": frozenset(range(50))},
        "x::other": {"a.py": frozenset({3})},
    }
    cases.add(result, lines)
    return cases


def test_only_cases_that_run_the_line_are_tried() -> None:
    """The case of which most runs in the module comes first; a line that none runs is not reached."""
    assert _cases().reaching(_mutant(line=1)) == ["x::near", "x::far"]
    assert _cases().reaching(_mutant(line=9)) == []


def test_code_that_runs_at_import_is_part_of_the_whole_module() -> None:
    """A constant is tried on every case that runs any line of its module."""
    assert set(_cases().reaching(_mutant(line=9, at_import=True))) == {"x::near", "x::far", "x::other"}


def test_what_nobody_could_write_does_not_count() -> None:
    """Rejected, equivalent and broken mutants are left out; errors and unreached lines are no kills."""
    measure = CodeMeasure(900, 7, [CodeResult(_mutant(line=1), fate) for fate in CodeFate])

    assert (measure.share.part, measure.share.whole) == (2, 6)
    assert "9 drawn of 900 with seed 7" in measure.sentence()


def test_a_module_that_only_runs_at_import_is_part_of_everything() -> None:
    """A constant of a module of which no case runs a line is tried on every case."""
    mutant = CodeMutant("c.py module: 1", "number", "c.py", (1, 1), 0, at_import=True)

    assert set(_cases().reaching(mutant)) == {"x::near", "x::far", "x::other"}


def test_long_checks_are_tried_last() -> None:
    """A check that a sign-off demands comes before one that it does not, whatever they run."""
    cases = _cases()
    cases.checks["x::far"] = next(iter(required()))

    assert cases.reaching(_mutant(line=1)) == ["x::far", "x::near"]
