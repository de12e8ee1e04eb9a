"""The part of a sign-off about the order client."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from fixtures.record.client_facts import ClientFacts
from reports.signoff.client import Certified, client_under_test, judged, judging, section
from reports.signoff.document import as_html, as_json, validate
from reports.verdict.results import Item, Verdict
from reports.verdict.sentences import result_of
from tests.reports.made_up import check, outcome, signed_off

FACTS = ClientFacts(
    name="maker-bot",
    version="2.1",
    library="pybit 5.17.0",
    command=("./bot", "--drive"),
    sha256={"bot": "ab" * 32},
    protocol="1.0",
    transports=("rest",),
    capabilities={"amend": True, "batch": True},
    largest_batch=10,
    seed=7,
    storms=3,
)
FOUND = (
    result_of(replace(check("CRT-01"), subject="client"), 7, [outcome("CRT-01")]),
    result_of(replace(check("CRT-02"), subject="client"), 7, [outcome("CRT-02", Verdict.FAIL, "sent twice")]),
)
CERTIFIED = Certified("maker", FACTS, "local, on the embedded venue", FOUND)


def test_a_client_is_shown_with_what_it_offers() -> None:
    """Name, digest, capabilities and each verdict stand in the JSON, and on the page in words."""
    signoff = signed_off(client=CERTIFIED)
    content = as_json(signoff)
    validate(content)

    page = as_html(content, signoff.latencies, linked=False)

    assert content["client"]["driver"]["transports"] == {"rest": True, "trade": False}
    assert [found["verdict"] for found in content["client"]["checks"]] == ["PASS", "FAIL"]
    for words in (
        "maker-bot",
        "amend: offered",
        "batch: offered, up to 10",
        "trade: not offered",
        "recovery: not offered",
        "abababababababab…",
        "first seed 7",
        "sent twice",
        "driven, local, on the embedded venue",
    ):
        assert words in page, words


def test_a_run_without_a_client_says_so() -> None:
    """The part is there, and says that nothing on the page is about the client."""
    signoff = signed_off()

    page = as_html(as_json(signoff), signoff.latencies, linked=False)

    assert section(None) is None
    assert "<b>Not tested.</b> Nothing on this page is about" in page


def test_a_client_that_never_answered_is_named() -> None:
    """Without an answer nothing is known but its name."""
    content = as_json(signed_off(client=replace(CERTIFIED, facts=None)))

    validate(content)
    assert (content["client"]["name"], content["client"]["driver"]) == ("maker", None)


def test_a_client_of_which_nothing_applies_was_not_tested() -> None:
    """Beside the venue it leaves the run ready for the venue side; alone there is nothing else to judge."""
    run: Any = SimpleNamespace(client="maker", tests_venue=True)
    alone: Any = SimpleNamespace(client="maker", tests_venue=False)
    venue = result_of(check("VIS-01"), 1, [outcome("VIS-01")])
    away = result_of(check("CRT-01"), 7, [outcome("CRT-01", Verdict.NOT_APPLICABLE, "prelisting")])
    items = (Item(1, "Visibility", "Shown.", ("VIS-01",)), Item(7, "The order client", "It.", ("CRT-01",)))

    assert (
        client_under_test(run, (venue, *FOUND))
        == client_under_test(run, (*FOUND, away))
        == client_under_test(alone, (away,))
        == "maker"
    )
    assert client_under_test(run, (venue, away)) is None
    assert judging((venue, away), items, None) == ([venue], [items[0]])
    assert judging((venue, away), items, "maker") == ((venue, away), items)


def test_item_four_names_who_was_judged() -> None:
    """Venue, account, this suite's own client and the client under test each have counts and a verdict."""
    subjects = {"RTY-01": "venue", "RTY-02": "suite", "RTY-03": "account"}
    own = [result_of(replace(check(name), subject=who), 4, [outcome(name)]) for name, who in subjects.items()]

    shown = judged(4, own, CERTIFIED)

    assert [(subject["name"], subject["verdict"], sum(subject["counts"].values())) for subject in shown] == [
        ("venue", "PASS", 1),
        ("account", "PASS", 1),
        ("this suite's client", "PASS", 1),
        ("your client", "FAIL", 2),
    ]
    assert judged(3, own, CERTIFIED) == []
