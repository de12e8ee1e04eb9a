"""The kill matrix as a page to read and as JSON to build on."""

import json
import os
import platform
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from proof.expected_kills import ALL_DEFECTS, TIMED_OUT, UNPROVEN
from proof.matrix import Fate, Matrix, Row
from proof.trial import SYMBOLS, Kind
from reports.verdict.requirements import newest, read

_HEAD = """# Kill matrix

Which check fails on which defect of the venue, by its own assertion. Written by `make prove`, {date}, on
{machine}; `docs/kill-matrix.json` has the same for programs. Checks of version {requirements}.

{totals}

How it was made: one run per defect in an embedded venue of the same process, on {symbol}: the checks that
are named for the defect, where it is defined, and {besides}. A check counts when one of its
makings fails by assertion. *Silent* is a wait for an event that did not come; *error* is a making that could
not come to an end. The sound venue is green in a quiet, a normal and a volatile market{green}.
"""


def made(root: Path) -> dict[str, str]:
    """When, where and from which requirements the matrix was made."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    cpu = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{cpu or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "requirements": read(newest(root / "checks")).version,
    }


def as_json(matrix: Matrix, facts: Mapping[str, str]) -> str:
    """The matrix for programs; checks: id -> the defects that it kills by assertion."""
    content = {
        **facts,
        "totals": matrix.totals(),
        "broken_rules": matrix.broken_rules,
        "checks": matrix.checks,
        "defects": {row.name: _defect(row) for row in matrix.rows},
        "mutants": {
            "total": len(matrix.fates),
            "exempt": len(matrix.fates) - len(matrix.judged),
            "share": round(matrix.share, 4),
            "raw_share": round(matrix.raw_share, 4),
            "killed": {fate.name: fate.by.check for fate in matrix.killed if fate.by},
            "errors": {fate.name: fate.by.check for fate in matrix.fates if fate.is_error and fate.by},
            "survivors": {fate.name: fate.reason for fate in matrix.survivors},
        },
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _defect(row: Row) -> dict[str, object]:
    return {
        "text": _text(row),
        "named": row.named,
        **{
            str(kind): {check_id: row.said[check_id].said for check_id in row.of(kind)}
            for kind in (Kind.ASSERTION, Kind.TIMEOUT, Kind.ERROR)
        },
        "missed": row.of(Kind.PASSED),
    }


def _text(row: Row) -> str:
    return ALL_DEFECTS[row.name].text


def as_page(matrix: Matrix, facts: Mapping[str, str]) -> str:
    """The matrix to read."""
    control_sample = "every other check" if matrix.full else "a seeded sample of the others"
    green = (
        "" if not any("sound venue" in line for line in matrix.broken_rules) else ", but for what is broken"
    )
    parts = [
        _HEAD.format(
            **facts, totals=matrix.totals(), symbol=SYMBOLS[0], control_sample=control_sample, green=green
        ),
        *_broken(matrix),
        "## Defects\n",
        "| defect | what the venue does | named checks, and what they said | who else noticed |",
        "|---|---|---|---|",
        *_defects(matrix),
        "\n## Checks\n",
        "| check | kills |",
        "|---|---|",
        *(
            f"| {check_id} | {', '.join(defects) or UNPROVEN.get(check_id, '**nothing**')} |"
            for check_id, defects in matrix.checks.items()
        ),
        "\n## Mutants of the rule tables\n",
        *_mutants(matrix),
    ]
    return "\n".join(parts) + "\n"


def _broken(matrix: Matrix) -> Iterator[str]:
    if matrix.broken_rules:
        yield "**Rules of the proof that are broken:**\n"
        yield from (f"- {line}" for line in matrix.broken_rules)
        yield ""


def _defects(matrix: Matrix) -> Iterator[str]:
    for row in matrix.rows:
        said = "<br>".join(f"{check_id}: {_said(row, check_id)}" for check_id in row.named)
        silent = f"<br>*silence is the defect: {TIMED_OUT[row.name]}*" if row.name in TIMED_OUT else ""
        others = [check_id for check_id in row.killed_by if check_id not in row.named]
        errors = [f"{check_id} (error)" for check_id in row.of(Kind.ERROR) if check_id not in row.named]
        cells = (row.name, _text(row), said + silent, ", ".join(others + errors))
        yield "| " + " | ".join(cells) + " |"


def _said(row: Row, check_id: str) -> str:
    outcome = row.said.get(check_id)
    if outcome is None or outcome.kind in {Kind.PASSED, Kind.SKIPPED}:
        return "**missed**"
    mark = "" if outcome.kind is Kind.ASSERTION else f"*{outcome.kind}* "
    return mark + outcome.said.replace("|", "\\|")


def _mutants(matrix: Matrix) -> Iterator[str]:
    yield (
        "Every rule of every table is removed, answers with the code of its neighbour, and, where it\n"
        "compares, compares shifted by one step either way. A create's word that no rule reads any more\n"
        "counts as the usual one; a neighbour's code that the documents allow as well is passed over\n"
        "(`proof/equivalent_codes.py`). The checks that would meet the change in a traced run on the sound venue\n"
        "are made until one fails an assertion. A survivor that is *exempt* answers within the documents,\n"
        "is out of force as the venue is started, or would show itself only to what no run may send\n"
        "(`proof/equivalent_mutants.py`): it counts in the first share and not in the second.\n\n"
        f"Of all {len(matrix.fates)} mutants {matrix.raw_share:.1%} are killed by assertion; of the "
        f"{len(matrix.judged)} that are not exempt, {matrix.share:.1%}.\n"
    )
    yield "| change | mutants | failed an assertion | ended in errors only | survived | exempt |"
    yield "|---|---|---|---|---|---|"
    for kind in ("removed", "recoded", "shifted"):
        own = [fate for fate in matrix.fates if fate.kind == kind]
        counts = Counter(_fate(fate) for fate in own)
        columns = " | ".join(str(counts[fate]) for fate in ("killed", "error", "survived", "exempt"))
        yield f"| {kind} | {len(own)} | {columns} |"
    yield "\n| survivor | fate | why |"
    yield "|---|---|---|"
    for fate in matrix.survivors:
        yield f"| {fate.name} | {_fate(fate)} | {fate.reason or '**no reason given**'} |"


def _fate(fate: Fate) -> str:
    if fate.is_killed:
        return "killed"
    if fate.exempt:
        return "exempt"
    return "error" if fate.is_error else "survived"
