"""Which failures are one finding."""

from dataclasses import replace

from fixtures.expect import Cause, Owner, Prerequisite
from reports.signoff.sections import finding
from reports.verdict.cause import Attribution, Frame
from reports.verdict.findings import findings
from reports.verdict.results import Check, Result, Verdict
from reports.verdict.sentences import result_of
from tests.reports.made_up import check, outcome

FRAME = Frame(7, 0, "REST", "received", "POST /v5/order/create", 10005, "{}")


def result(
    check_or_id: str | Check,
    sentence: str,
    owner: Owner | None = Owner.VENUE,
    cause: Cause | None = None,
    *,
    kind: tuple[str, ...] = (),
) -> Result:
    """A check whose only case failed."""
    planned = check(check_or_id) if isinstance(check_or_id, str) else check_or_id
    attributed = Attribution(owner, cause, FRAME, kind)
    return result_of(planned, 1, [outcome(planned.id, Verdict.FAIL, sentence, attribution=attributed)])


def gathered(*results: Result) -> list[tuple[str | None, str, list[str]]]:
    """Owner, headline and ids of each finding."""
    return [
        (finding.owner, finding.headline, [each.id for each in finding.results])
        for finding in findings(results)
    ]


def test_one_cause_is_one_finding() -> None:
    """A key that may not trade explains every check that it fails; what it does not explain stands apart."""
    assert gathered(
        result("FLT-04", "was refused with 10005", Owner.ACCOUNT, Cause.PERMISSION),
        result("MKR-02", "executed 20 @ 0.25"),
        result(
            replace(check("PRM-03"), cause=Cause.PERMISSION),
            "the key is read-only",
            Owner.ACCOUNT,
            Cause.PERMISSION,
        ),
    ) == [
        ("account or key", Cause.PERMISSION, ["PRM-03", "FLT-04"]),
        ("venue", "executed 20 @ 0.25", ["MKR-02"]),
    ]


def test_deeper_cause_swallows_what_follows_from_it() -> None:
    """A key of another UID explains that the symbol is hidden, the funds are short and orders are refused."""
    (found,) = findings(
        [
            result("VIS-01", "does not return it", Owner.VENUE, Cause.HIDDEN),
            result("PRM-11", "holds less", Owner.ACCOUNT, Cause.FUNDS),
            result(replace(check("PRM-02"), cause=Cause.UID), "another UID", Owner.ACCOUNT, Cause.UID),
            result("MKR-01", "refused", Owner.ACCOUNT, Cause.WHITELIST),
        ]
    )

    assert (found.owner, found.headline, found.results[0].id) == (Owner.ACCOUNT, Cause.UID, "PRM-02")
    assert len(found.results) == 4
    assert found.frame is FRAME


def blocked(check_id: str, missing: Prerequisite | None = Prerequisite.SYMBOL) -> Result:
    """A check that lacks a prerequisite."""
    attributed = Attribution(None, None, FRAME, ("Blocked", "it is missing", ""), missing)
    made = outcome(check_id, Verdict.BLOCKED, "it is missing", attribution=attributed)
    return result_of(check(check_id), 1, [made])


def test_blocked_check_belongs_to_the_check_that_looks_for_what_it_lacks() -> None:
    """A prerequisite that another check looked for is that check's finding, failed or grouped."""
    hidden = result(replace(check("VIS-01"), establishes=Prerequisite.SYMBOL), "no row", cause=Cause.HIDDEN)
    incomplete = result(replace(check("FLT-01"), establishes=Prerequisite.FILTERS), "no tickSize")

    assert gathered(
        hidden, incomplete, blocked("MKR-01"), blocked("MKR-02", Prerequisite.FILTERS), blocked("MKR-09")
    ) == [
        ("venue", Cause.HIDDEN, ["VIS-01", "MKR-01", "MKR-09"]),
        ("venue", "no tickSize", ["FLT-01", "MKR-02"]),
    ]


def test_blocked_checks_share_their_own_reason() -> None:
    """What lacks a prerequisite that its check found, or that no check looks for, stands with its like."""
    passed = replace(check("VIS-01"), establishes=Prerequisite.SYMBOL)

    assert gathered(
        result_of(passed, 1, [outcome("VIS-01")]),
        blocked("MKR-01"),
        blocked("MKR-09"),
        blocked("PRM-10", None),
    ) == [(None, "it is missing", ["MKR-01", "MKR-09", "PRM-10"])]


def test_failures_of_one_kind_are_one() -> None:
    """The same fault with other figures is the same finding; another one, or another's to fix, is not."""
    kind = ("the executed quantity", "0")

    assert gathered(
        result("MKR-02", "the executed quantity: expected 0, got 20", kind=kind),
        result("MKR-03", "the executed quantity: expected 0, got 20.1", kind=kind),
        result("MKR-05", "the executed quantity: expected 0, got 3", Owner.SUITE, kind=kind),
        result("MKR-06", "the executed quantity: expected 20, got 0", kind=("the executed quantity", "20")),
    ) == [
        ("venue", "the executed quantity: expected 0, got 20", ["MKR-02", "MKR-03"]),
        ("suite", "the executed quantity: expected 0, got 3", ["MKR-05"]),
        ("venue", "the executed quantity: expected 20, got 0", ["MKR-06"]),
    ]


def test_case_with_a_root_cause_decides_the_finding() -> None:
    """Of several failed cases the one that shows a root cause comes first."""
    made = [
        outcome("MKR-02", Verdict.FAIL, "odd", attribution=Attribution(Owner.VENUE, None, None)),
        outcome(
            "MKR-02", Verdict.FAIL, "10005", attribution=Attribution(Owner.ACCOUNT, Cause.PERMISSION, None)
        ),
    ]

    (found,) = findings([result_of(check("MKR-02", cases=2), 3, made)])

    assert (found.owner, found.headline) == (Owner.ACCOUNT, Cause.PERMISSION)


def test_pass_and_deviation_are_no_findings() -> None:
    """A pass, and a failure of a library that no listing trades through, need no fix."""
    passed = result_of(check("VIS-01"), 1, [outcome("VIS-01")])
    failed = result("SDK-03", "the wire shows 1e-05", Owner.LIBRARY)
    deviates, counts = (replace(failed, deviates=deviates) for deviates in (True, False))

    assert findings([passed, deviates]) == ()
    assert [each.owner for each in findings([counts])] == [Owner.LIBRARY]


def test_root_cause_names_its_listings_where_there_are_several() -> None:
    """A cause that holds for one listing names it; one of the whole account names none."""
    made = [
        outcome(
            "MKR-02",
            Verdict.FAIL,
            "although PostOnly",
            parameters={"symbol": "XRPUSDT"},
            attribution=Attribution(Owner.VENUE, Cause.TAKES, None),
        ),
        outcome("MKR-02", parameters={"symbol": "NEWUSDT"}),
    ]
    permission = Attribution(Owner.ACCOUNT, Cause.PERMISSION, None)
    refused = outcome(
        "MKR-01", Verdict.FAIL, "10005", parameters={"symbol": "XRPUSDT"}, attribution=permission
    )

    found = findings([result_of(check("MKR-02", cases=2), 3, made), result_of(check("MKR-01"), 3, [refused])])

    assert [(each.headline, each.symbols) for each in found] == [
        (Cause.TAKES, ("XRPUSDT",)),
        (Cause.PERMISSION, ()),
    ]
    assert [finding(each)["sentence"] for each in found] == [f"XRPUSDT: {Cause.TAKES}", Cause.PERMISSION]
    (alone,) = findings([result_of(check("MKR-02"), 3, made[:1])])
    assert alone.symbols == ()


def test_void_waiver_is_a_finding_without_a_message() -> None:
    """A check that passed under a waiver failed by the file, and no message proves it."""
    void = replace(result_of(check("MKR-01"), 3, [outcome("MKR-01")]), verdict=Verdict.FAIL, sentence="void")

    (found,) = findings([void])

    assert (found.owner, found.headline, found.frame) == (Owner.SUITE, "void", None)
