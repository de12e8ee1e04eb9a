"""The kill matrix as a page and as JSON."""

import json

from proof.code.code_measure import CodeFate, CodeMeasure, CodeResult
from proof.code.sites import CodeMutant
from proof.field_measure import FieldFate, FieldMeasure, FieldResult
from proof.fields.changes import ChangeKind, FieldMutant
from proof.matrix import Matrix, MutantResult, Row
from proof.pairs import MaskedKill, PairsMeasure
from proof.report import as_json, as_page
from proof.trial import CaseKind, CaseOutcome
from proof.unlisted import Unlisted

MUTANT = CodeMutant("a.py f: a < b → a <= b", "swap op", "a.py", (1, 1), 0, at_import=False)
FIELD = FieldMutant("GET /v5/order/realtime", "result.list[].price", ChangeKind.ZERO)
UNLISTED = Unlisted(
    CodeMeasure(
        900,
        7,
        [CodeResult(MUTANT, fate) for fate in (CodeFate.KILLED, CodeFate.SURVIVED, CodeFate.REJECTED)],
    ),
    FieldMeasure(
        300, 7, [FieldResult(FIELD, FieldFate.ORACLE, "LAW-01 price"), FieldResult(FIELD, FieldFate.SURVIVED)]
    ),
    PairsMeasure(
        7,
        ["fills_post_only+swallows_orders"],
        3,
        [MaskedKill("swallows_orders", "fills_post_only", "MKR-02", None)],
    ),
)
FACTS = {"date": "2026-11-25", "machine": "a machine", "requirements": "2026-11-25"}
TRADED = CaseOutcome("MKR-02", "x::a", CaseKind.ASSERTION, "it traded | twice")
CUT = CaseOutcome("CON-01", "x::b", CaseKind.ERROR, "Unanswered")
NOTICED = MutantResult("order_rules.CREATE.tick removed", "removed", TRADED, 1)
ERROR = MutantResult("access_rules.DOOR.key removed", "removed", CUT, 1, "why")
EXEMPT = MutantResult(
    "order_rules.CREATE.rpi removed", "removed", None, 0, "nobody agreed on it", exempt=True
)
MATRIX = Matrix(
    rows=(
        Row("fills_post_only", ("MKR-02", "MKR-03"), {"CON-01": CUT, "MKR-02": TRADED}),
        Row(
            "swallows_orders",
            ("PRM-08",),
            {"PRM-08": CaseOutcome("PRM-08", "x::c", CaseKind.TIMED_OUT, "no push")},
        ),
    ),
    checks={"MKR-02": ["fills_post_only"], "MKR-03": []},
    mutant_results=(NOTICED, ERROR, EXEMPT),
    broken_rules=("fills_post_only is not killed by MKR-03: not run",),
    full=False,
)


def test_the_page_names_every_defect_with_the_messages_of_its_kills() -> None:
    """A row has the defect, its text, each expected kill with its message, and the other red checks."""
    (row,) = (
        line
        for line in as_page(MATRIX, FACTS, UNLISTED).splitlines()
        if line.startswith("| fills_post_only |")
    )

    assert "A PostOnly order that crosses trades as a taker." in row
    assert "MKR-02: it traded \\| twice<br>MKR-03: **missed**" in row
    assert row.endswith("| CON-01 (error) |")


def test_the_page_marks_a_timeout_with_its_reason() -> None:
    """A timeout is marked, and the reason why it is enough stands beside it."""
    (row,) = (
        line
        for line in as_page(MATRIX, FACTS, UNLISTED).splitlines()
        if line.startswith("| swallows_orders | A create")
    )

    assert "PRM-08: *timed out* no push" in row
    assert "Of an order that is not booked there is nothing to be pushed." in row


def test_the_page_names_what_is_broken() -> None:
    """Broken rules stand above the tables, and a check without a kill is marked."""
    page = as_page(MATRIX, FACTS, UNLISTED)

    assert page.index("- fills_post_only is not killed by MKR-03: not run") < page.index("## Defects")
    assert "| MKR-03 | **nothing** |" in page


def test_the_page_counts_each_status_apart() -> None:
    """Kills, errors, survivors and exempt mutants have a column each, and each survivor has its reason."""
    page = as_page(MATRIX, FACTS, UNLISTED)

    assert "| removed | 3 | 1 | 1 | 0 | 1 |" in page
    assert "| order_rules.CREATE.rpi removed | exempt | nobody agreed on it |" in page
    assert "1 of 3 mutants killed by assertion (33.3%), 1 only by errors; 1 are exempt" in page
    assert "which leaves 50.0% of 2" in page
    assert "Of all 3 mutants 33.3% are killed by assertion; of the 2 that are not exempt, 50.0%." in page


def test_json_has_the_same() -> None:
    """Programs read which check kills which defect, and what became of the mutants."""
    content = json.loads(as_json(MATRIX, FACTS, UNLISTED))

    assert content["checks"] == {"MKR-02": ["fills_post_only"], "MKR-03": []}
    assert content["defects"]["fills_post_only"]["assertion"] == {"MKR-02": "it traded | twice"}
    assert (content["mutants"]["share"], content["mutants"]["raw_share"]) == (0.5, 0.3333)
    assert content["mutants"]["killed"] == {"order_rules.CREATE.tick removed": "MKR-02"}
    assert content["mutants"]["survivors"].keys() == {
        "access_rules.DOOR.key removed",
        "order_rules.CREATE.rpi removed",
    }


def test_the_page_has_the_three_measures_with_their_survivors() -> None:
    """Shares with their intervals, tables by kind, and each survivor and masked kill by name."""
    page = as_page(MATRIX, FACTS, UNLISTED)

    assert "| code mutants | 3 of 900 | 2 | 1 | 50.0% (9.5% to 90.5%) |" in page
    assert "| field mutants | 2 of 300 | 2 | 1 | 50.0% (9.5% to 90.5%) |" in page
    assert "| pairs, both defects | 1 | 1 | 1 | 100.0% (20.7% to 100.0%) |" in page
    assert "| `a.py f: a < b → a <= b` | swap op | survived |  |" in page
    assert "| GET /v5/order/realtime `result.list[].price` | zero | survived |  |" in page
    assert "| swallows_orders | fills_post_only | MKR-02 | not run | **no reason given** |" in page


def test_json_has_the_measures() -> None:
    """Programs read the numbers of each measure, its interval, and the survivors."""
    code, fields, pairs = json.loads(as_json(MATRIX, FACTS, UNLISTED))["measures"]

    assert (code["killed"], code["judged"], code["lower"], code["upper"]) == (1, 2, 0.0945, 0.9055)
    assert fields["survivors"] == {FIELD.name: "survived"}
    assert list(pairs["masked"]) == ["swallows_orders hides fills_post_only from MKR-02: not run"]
