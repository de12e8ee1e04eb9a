"""What the checks of a run came to."""

import pytest

from reports.finding import Attribution, Party
from reports.model import (
    GRAVEST_FIRST,
    WORST_FIRST,
    Check,
    Library,
    Verdict,
    gravest,
    result_of,
    results,
    worst,
)
from tests.reports.made_up import ITEMS, PLAN, check, outcome


def test_gravest_severity_wins_in_any_order() -> None:
    """Blocker outranks major, major minor, and anything none."""
    assert [gravest([one, other]) for one in GRAVEST_FIRST for other in GRAVEST_FIRST] == [
        *["blocker"] * 4,
        *["blocker", "major", "major", "major"],
        *["blocker", "major", "minor", "minor"],
        *["blocker", "major", "minor", ""],
    ]


def test_every_verdict_has_a_rank() -> None:
    """The order from worst to best names each verdict once."""
    assert sorted(WORST_FIRST) == sorted(Verdict)


@pytest.mark.parametrize("verdict", [one for one in Verdict if one is not Verdict.FAIL])
def test_failure_outranks_every_other_making(verdict: Verdict) -> None:
    """A check that failed once has failed."""
    assert worst([verdict, Verdict.FAIL, verdict]) is Verdict.FAIL


def test_check_without_outcome_is_not_run() -> None:
    """A planned check that nobody made is NOT RUN, and so is one that was never collected."""
    made, unknown = check("MKR-01"), Check("MKR-99")

    assert result_of(made, 3, []).verdict is Verdict.NOT_RUN
    assert result_of(unknown, 3, []).title == "Not collected."


def test_check_made_too_seldom_is_not_a_pass() -> None:
    """A check that passed in two of its four makings is NOT RUN, and says so."""
    result = result_of(check("MKR-01", makings=4), 3, [outcome("MKR-01")] * 2)

    assert result.verdict is Verdict.NOT_RUN
    assert result.sentence == "made 2 of 4 times"


def test_declared_exception_does_not_spoil_a_pass() -> None:
    """A check that passed over REST and does not apply to the trade stream passed."""
    pair = [outcome("MKR-01"), outcome("MKR-01", Verdict.NOT_APPLICABLE, "no trade stream")]

    assert result_of(check("MKR-01", makings=2), 3, pair).verdict is Verdict.PASS


def test_results_stand_in_the_order_of_the_items() -> None:
    """What was checked beyond the checklist comes last."""
    plan = (check("SDK-01"), *PLAN)

    found = results(plan, ITEMS, [outcome(one.id) for one in plan])

    assert [result.item for result in found] == [1, 2, 3, 4, 0]


def test_result_gathers_orders_and_times_of_its_makings() -> None:
    """Orders are told once, the duration is the sum, the start is the first."""
    pair = [outcome("MKR-01"), outcome("MKR-01", orders={"other": ""}, started_ms=5, ended_ms=9)]

    result = result_of(check("MKR-01", makings=2), 3, pair)

    assert list(result.orders) == ["261123-013532-k7qm-0001", "261123-013532-k7qm-0002", "other"]
    assert (result.started_ms, result.duration_ms, result.observations) == (5, 44, 8)


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        ((("NEWUSDT", "a"), ("XRPUSDT", "")), "NEWUSDT: a"),
        ((("NEWUSDT", ""), ("XRPUSDT", "b")), "XRPUSDT: b"),
        ((("NEWUSDT", "a"), ("XRPUSDT", "b")), "NEWUSDT (and XRPUSDT): a"),
        ((("NEWUSDT", "a"), ("XRPUSDT", "a")), "a"),
        ((("", "a"),), "a"),
    ],
)
def test_sentence_names_the_listings_that_it_is_about(
    made: tuple[tuple[str, str], ...], sentence: str
) -> None:
    """With several listings under test; what holds word for word for each of them names none."""
    outcomes = [
        outcome("MKR-01", Verdict.FAIL if said else Verdict.PASS, said, parameters={"symbol": symbol})
        for symbol, said in made
    ]

    assert result_of(check("MKR-01", makings=len(made)), 3, outcomes, several=True).sentence == sentence
    assert result_of(check("MKR-01", makings=len(made)), 3, outcomes).sentence in {"a", "b"}


def test_sentence_is_of_the_venue_before_a_library() -> None:
    """A check that both broke is told by what counts for every listing."""
    of_library, of_venue = (Attribution(party, None, None) for party in (Party.LIBRARY, Party.VENUE))
    made = [
        outcome("SDK-03", Verdict.FAIL, "ccxt sent no key", attribution=of_library),
        outcome("SDK-03", Verdict.FAIL, "the venue does not return it", attribution=of_venue),
    ]
    idle = Check("SDK-03", makings=2, library=Library("ccxt", "", traded=False))

    both = result_of(idle, 5, made)

    assert (both.sentence, both.deviates) == ("the venue does not return it", False)
    assert result_of(idle, 5, made[:1]).deviates


def test_one_listing_under_test_is_not_named() -> None:
    """Where there is only one, everything is about it."""
    (found,) = results(PLAN[:1], ITEMS, [outcome("VIS-01", Verdict.FAIL, "a")])
    several = results(
        PLAN[:2],
        ITEMS,
        [
            outcome("VIS-01", Verdict.FAIL, "a", parameters={"symbol": "NEWUSDT"}),
            outcome("PRM-01", parameters={"symbol": "XRPUSDT"}),
        ],
    )

    assert (found.sentence, several[0].sentence) == ("a", "a")


def test_failure_of_a_library_deviates_unless_it_is_traded_through() -> None:
    """Only the listing's own library can break it; a pass never deviates."""
    failed = [outcome("SDK-01", Verdict.FAIL, "it sends 1e-05")]
    unused, used = (Check("SDK-01", library=Library("ccxt", "", traded)) for traded in (False, True))

    assert result_of(unused, 5, failed).deviates
    assert not result_of(used, 5, failed).deviates
    assert not result_of(Check("MKR-01"), 3, failed).deviates
    assert not result_of(unused, 5, [outcome("SDK-01")]).deviates
