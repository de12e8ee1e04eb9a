"""A check as a card, and the cards as a page."""

from dataclasses import replace

from reports.cards.card import Card, page
from reports.verdict.results import Requirement
from tests.reports.made_up import REQUIRED

DEMANDED = Requirement(
    "It rests.",
    "The ack comes first.",
    "docs/v5/a.mdx",
    "create, New.",
    "Price | sent equals seen.",
    "Pin it.",
)
CARD = Card(
    "MKR-01",
    DEMANDED,
    "MKR  Maker behaviour",
    "major",
    library="",
    mainnet="",
    max_fills=2,
    min_messages=3,
    cases=("rest", "trade-stream"),
    needs=("a key",),
    exempt=("demo: No stream.",),
)


def test_card_says_what_a_check_is() -> None:
    """Every row that has something to say, in one table."""
    text = page([CARD], REQUIRED)

    for row in (
        "**It rests.**",
        "The ack comes first.",
        "| Sequence | create, New. |",
        "| Passes | Price \\| sent equals seen. |",
        "| Needs | a key |",
        "| N/A | demo: No stream. |",
        "| Severity | major |",
        "| Mainnet, at worst | 2 minimum-size orders |",
        "| Minimum messages | 3 of the venue |",
        "| Cases | 2: rest, trade-stream |",
        "| Remediation | Pin it. |",
        "| Source | docs/v5/a.mdx |",
    ):
        assert f"\n{row}\n" in text
    assert "| Library" not in text


def test_card_of_the_order_client_says_how_it_is_judged() -> None:
    """Which way in can judge it; for a check of the venue there is no such row."""
    text = page([replace(CARD, judged="driven", min_messages=0)], REQUIRED)

    assert "\n| Judged | with a driver; BLOCKED without one |\n" in text
    assert "\n| Minimum messages | none: it judges the order client |\n" in text
    assert "| Judged" not in page([CARD], REQUIRED)


def test_page_stands_by_item_and_group() -> None:
    """Each item quotes its clause and has a table per group; what is beyond comes last."""
    beyond = replace(CARD, id="SDK-01", group="SDK  Client libraries", library="pybit")

    text = page([CARD, beyond], REQUIRED)

    order = [
        "## 3. Item 3",
        "> Clause 3.",
        "### MKR · Maker behaviour",
        "#### MKR-01",
        "## Beyond the checklist",
    ]
    places = [text.index(line) for line in [*order, "### SDK · Client libraries", "| Library | pybit |"]]
    assert places == sorted(places)
    assert "## 1. Item 1" not in text
    assert "| [MKR-01](#mkr-01) | It rests. | major | 2 minimum-size orders |" in text


def test_cost_is_stated_for_real_money() -> None:
    """Nothing without orders; not run there where mainnet declares it N/A, with the reason."""
    free = replace(CARD, max_fills=0, min_messages=0, cases=(), needs=(), exempt=())
    exempt = replace(CARD, mainnet="It is not provoked.")

    assert (free.cost, CARD.cost, exempt.cost) == ("nothing", "2 minimum-size orders", "not run there")
    assert "| Mainnet, at worst | not run there: It is not provoked. |" in page([exempt], REQUIRED)
    text = page([free], REQUIRED)
    assert "| Cases | 1 |" in text
    assert "| N/A | never |" in text
    assert "| Needs | nothing but this suite |" in text


def test_part_of_a_former_id_is_linked_as_github_names_it() -> None:
    """The anchor of a heading has no full stop."""
    assert "| [MKR-01.02](#mkr-0102) | It rests. |" in page([replace(CARD, id="MKR-01.02")], REQUIRED)
