"""Which failures are one."""

from dataclasses import replace

from reports.conclusion import result_of
from reports.finding import Attribution, Cause, Frame, Party
from reports.findings import findings
from reports.model import Result, Verdict
from reports.sections import finding
from tests.reports.made_up import check, outcome

FRAME = Frame(7, 0, "REST", "received", "POST /v5/order/create", 10005, "{}")


def result(
    check_id: str,
    sentence: str,
    party: Party | None = Party.VENUE,
    cause: Cause | None = None,
    verdict: Verdict = Verdict.FAIL,
) -> Result:
    """A check whose one making did not pass."""
    attributed = Attribution(party, cause, FRAME)
    return result_of(check(check_id), 1, [outcome(check_id, verdict, sentence, attribution=attributed)])


def gathered(*results: Result) -> list[tuple[str | None, str, list[str]]]:
    """Party, headline and ids of each finding."""
    return [(one.party, one.headline, [each.id for each in one.results]) for one in findings(results)]


def test_one_cause_is_one_finding() -> None:
    """A key that may not trade explains every check that it fails; what it does not explain stands apart."""
    assert gathered(
        result("FLT-04", "was refused with 10005", Party.ACCOUNT, Cause.PERMISSION),
        result("MKR-02", "executed 20 @ 0.25"),
        result("PRM-03", "the key is read-only", Party.ACCOUNT, Cause.PERMISSION),
    ) == [
        ("account or key", Cause.PERMISSION, ["PRM-03", "FLT-04"]),
        ("venue", "executed 20 @ 0.25", ["MKR-02"]),
    ]


def test_deeper_cause_swallows_what_follows_from_it() -> None:
    """A key of another UID explains that the symbol is hidden, the funds are short and orders are refused."""
    (one,) = findings(
        [
            result("VIS-01", "does not return it", Party.VENUE, Cause.HIDDEN),
            result("PRM-11", "holds less", Party.ACCOUNT, Cause.FUNDS),
            result("PRM-02", "another UID", Party.ACCOUNT, Cause.UID),
            result("MKR-01", "refused", Party.ACCOUNT, Cause.WHITELIST),
        ]
    )

    assert (one.party, one.headline, one.results[0].id) == (Party.ACCOUNT, Cause.UID, "PRM-02")
    assert len(one.results) == 4
    assert one.frame is FRAME


def test_blocked_check_belongs_to_what_it_points_at() -> None:
    """A prerequisite that another check looked for is that check's finding, failed or grouped."""
    assert gathered(
        result("VIS-01", "does not return it", Party.VENUE, Cause.HIDDEN),
        result("MKR-01", "NEWUSDT is not visible: see VIS-01", None, verdict=Verdict.BLOCKED),
        result("MKR-09", "NEWUSDT is not visible: see VIS-01", None, verdict=Verdict.BLOCKED),
    ) == [("venue", Cause.HIDDEN, ["VIS-01", "MKR-01", "MKR-09"])]


def test_blocked_checks_share_their_own_reason() -> None:
    """What points at a check that passed stands for itself, together with its like."""
    assert gathered(
        result("MKR-01", "the book stays one-sided: see VIS-01", None, verdict=Verdict.BLOCKED),
        result("MKR-09", "the book stays one-sided: see VIS-01", None, verdict=Verdict.BLOCKED),
        result("PRM-10", "no stranger key", None, verdict=Verdict.BLOCKED),
    ) == [
        (None, "the book stays one-sided: see VIS-01", ["MKR-01", "MKR-09"]),
        (None, "no stranger key", ["PRM-10"]),
    ]


def test_failures_that_differ_only_in_figures_are_one() -> None:
    """The same fault on another side or at another price is the same finding; another fault is not."""
    assert gathered(
        result("MKR-02", "executed 20 @ 0.2502 for a Buy"),
        result("MKR-03", "executed 20.1 @ 0.2498 for a Sell"),
        result("MKR-06", "realtime says New"),
    ) == [
        ("venue", "executed 20 @ 0.2502 for a Buy", ["MKR-02", "MKR-03"]),
        ("venue", "realtime says New", ["MKR-06"]),
    ]


def test_making_with_a_cause_speaks_for_its_check() -> None:
    """Of several failed makings the one that shows a root cause tells most."""
    made = [
        outcome("MKR-02", Verdict.FAIL, "odd", attribution=Attribution(Party.VENUE, None, None)),
        outcome(
            "MKR-02", Verdict.FAIL, "10005", attribution=Attribution(Party.ACCOUNT, Cause.PERMISSION, None)
        ),
    ]

    (one,) = findings([result_of(check("MKR-02", makings=2), 3, made)])

    assert (one.party, one.headline) == (Party.ACCOUNT, Cause.PERMISSION)


def test_pass_and_deviation_are_no_findings() -> None:
    """What passed, and what a library does that nobody trades through, is not to be mended."""
    passed = result_of(check("VIS-01"), 1, [outcome("VIS-01")])
    failed = result("SDK-03", "the wire shows 1e-05", Party.LIBRARY)
    deviates, counts = (replace(failed, deviates=deviates) for deviates in (True, False))

    assert findings([passed, deviates]) == ()
    assert [one.party for one in findings([counts])] == [Party.LIBRARY]


def test_root_cause_names_its_listings_where_there_are_several() -> None:
    """A cause that holds for one listing names it; one of the whole account names none."""
    made = [
        outcome(
            "MKR-02",
            Verdict.FAIL,
            "although PostOnly",
            parameters={"symbol": "XRPUSDT"},
            attribution=Attribution(Party.VENUE, Cause.TAKES, None),
        ),
        outcome("MKR-02", parameters={"symbol": "NEWUSDT"}),
    ]
    permission = Attribution(Party.ACCOUNT, Cause.PERMISSION, None)
    refused = outcome(
        "MKR-01", Verdict.FAIL, "10005", parameters={"symbol": "XRPUSDT"}, attribution=permission
    )

    found = findings(
        [result_of(check("MKR-02", makings=2), 3, made), result_of(check("MKR-01"), 3, [refused])]
    )

    assert [(one.headline, one.symbols) for one in found] == [
        (Cause.TAKES, ("XRPUSDT",)),
        (Cause.PERMISSION, ()),
    ]
    assert [finding(one)["sentence"] for one in found] == [f"XRPUSDT: {Cause.TAKES}", Cause.PERMISSION]
    (alone,) = findings([result_of(check("MKR-02"), 3, made[:1])])
    assert alone.symbols == ()


def test_void_waiver_is_a_finding_without_a_message() -> None:
    """A check that passed under a waiver failed by the file, and no message proves it."""
    void = replace(result_of(check("MKR-01"), 3, [outcome("MKR-01")]), verdict=Verdict.FAIL, sentence="void")

    (one,) = findings([void])

    assert (one.party, one.headline, one.frame) == (Party.SUITE, "void", None)
