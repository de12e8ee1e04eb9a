"""Writes the kill matrix as a page and as JSON."""

import json
import os
import platform
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from proof.expected_kills import ALL_DEFECTS, TIMED_OUT, UNPROVEN
from proof.matrix import Matrix, MutantResult, Row
from proof.trial import SYMBOLS, CaseKind
from proof.unlisted import Unlisted
from proof.unlisted import as_json as measures_as_json
from proof.unlisted import page as section
from reports.verdict.requirements import newest, read

_HEAD = """# Kill matrix

Which check fails on which defect of the venue, by its own assertion. Written by `make prove`, {date}, on
{machine}; `docs/kill-matrix.json` has the same for programs. Checks of version {requirements}.

{totals}

{measures}

Each defect has a run of its own in an embedded venue of the same process, on {symbol}: its expected kills,
which its definition names, and {control_sample}. A check counts when one of its cases fails by
assertion. *Timed out* is an assertion about an event that did not come; *error* is a case that ended by
another exception and judged nothing. On the conforming venue nothing fails in a quiet, a normal and a
volatile market but the known findings about client libraries (`proof/library_findings.py`){green}.
"""


def provenance(root: Path) -> dict[str, str]:
    """The date, the machine and the version of the requirement set of this campaign."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    cpu = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{cpu or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "requirements": read(newest(root / "checks")).version,
    }


def as_json(matrix: Matrix, facts: Mapping[str, str], unlisted: Unlisted) -> str:
    """The matrix as JSON. ``checks``: id -> names of the defects that the check kills by assertion."""
    content = {
        **facts,
        "totals": matrix.totals(),
        "measures": measures_as_json(unlisted),
        "broken_rules": matrix.broken_rules,
        "checks": matrix.checks,
        "defects": {row.name: _defect(row) for row in matrix.rows},
        "mutants": {
            "total": len(matrix.mutant_results),
            "exempt": len(matrix.mutant_results) - len(matrix.judged),
            "share": round(matrix.score, 4),
            "raw_share": round(matrix.raw_score, 4),
            "killed": {mutant.name: mutant.by.check for mutant in matrix.killed if mutant.by},
            "errors": {
                mutant.name: mutant.by.check
                for mutant in matrix.mutant_results
                if mutant.is_error and mutant.by
            },
            "survivors": {mutant.name: mutant.reason for mutant in matrix.survivors},
        },
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _defect(row: Row) -> dict[str, object]:
    return {
        "text": _text(row),
        "named": row.named,
        **{
            str(kind): {check_id: row.outcomes[check_id].message for check_id in row.of(kind)}
            for kind in (CaseKind.ASSERTION, CaseKind.TIMED_OUT, CaseKind.ERROR)
        },
        "missed": row.of(CaseKind.PASSED),
    }


def _text(row: Row) -> str:
    return ALL_DEFECTS[row.name].text


def as_page(matrix: Matrix, facts: Mapping[str, str], unlisted: Unlisted) -> str:
    """The matrix as a Markdown page."""
    control_sample = "every other check" if matrix.full else "a seeded sample of the others"
    green = (
        ""
        if not any("conforming venue" in line for line in matrix.broken_rules)
        else ", and the broken rules below"
    )
    parts = [
        _HEAD.format(
            **facts,
            totals=matrix.totals(),
            measures="\n".join(f"- {sentence}" for sentence in unlisted.sentences()),
            symbol=SYMBOLS[0],
            control_sample=control_sample,
            green=green,
        ),
        *_broken(matrix),
        "## Defects\n",
        "| defect | what the venue does | expected kills and their messages | also killed by |",
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
        *section(unlisted),
    ]
    return "\n".join(parts) + "\n"


def _broken(matrix: Matrix) -> Iterator[str]:
    if matrix.broken_rules:
        yield "**Rules of the proof that are broken:**\n"
        yield from (f"- {line}" for line in matrix.broken_rules)
        yield ""


def _defects(matrix: Matrix) -> Iterator[str]:
    for row in matrix.rows:
        expected = "<br>".join(f"{check_id}: {_message(row, check_id)}" for check_id in row.named)
        why = f"<br>*A timeout is enough: {TIMED_OUT[row.name]}*" if row.name in TIMED_OUT else ""
        others = [check_id for check_id in row.killed_by if check_id not in row.named]
        errors = [f"{check_id} (error)" for check_id in row.of(CaseKind.ERROR) if check_id not in row.named]
        cells = (row.name, _text(row), expected + why, ", ".join(others + errors))
        yield "| " + " | ".join(cells) + " |"


def _message(row: Row, check_id: str) -> str:
    outcome = row.outcomes.get(check_id)
    if outcome is None or outcome.kind in {CaseKind.PASSED, CaseKind.SKIPPED}:
        return "**missed**"
    mark = "" if outcome.kind is CaseKind.ASSERTION else f"*{outcome.kind}* "
    return mark + outcome.message.replace("|", "\\|")


def _mutants(matrix: Matrix) -> Iterator[str]:
    yield (
        "Every rule of every table is removed, answers with the code of a neighbouring rule, and, where it\n"
        "compares, has its boundary moved by one step in either direction. A code that the documents allow\n"
        "as well is no mutation (`proof/equivalent_codes.py`). The cases that reach a mutant in a traced\n"
        "run on the conforming venue are run until one fails by assertion. An *exempt* survivor is\n"
        "equivalent by the documents, not in force as the venue is started, or out of reach of what a run\n"
        "may send (`proof/equivalent_mutants.py`): it counts in the first score and not in the second.\n\n"
        f"Of all {len(matrix.mutant_results)} mutants {matrix.raw_score:.1%} are killed by assertion; of the "
        f"{len(matrix.judged)} that are not exempt, {matrix.score:.1%}.\n"
    )
    yield "| operator | mutants | killed | ended in errors only | survived | exempt |"
    yield "|---|---|---|---|---|---|"
    for kind in ("removed", "recoded", "moved"):
        own = [mutant for mutant in matrix.mutant_results if mutant.kind == kind]
        counts = Counter(_status(mutant) for mutant in own)
        columns = " | ".join(str(counts[status]) for status in ("killed", "error", "survived", "exempt"))
        yield f"| {kind} | {len(own)} | {columns} |"
    yield "\n| survivor | status | why |"
    yield "|---|---|---|"
    for mutant in matrix.survivors:
        yield f"| {mutant.name} | {_status(mutant)} | {mutant.reason or '**no reason given**'} |"


def _status(mutant: MutantResult) -> str:
    if mutant.is_killed:
        return "killed"
    if mutant.exempt:
        return "exempt"
    return "error" if mutant.is_error else "survived"
