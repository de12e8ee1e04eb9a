"""A check as a card, and the cards as a page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from reports.verdict.requirements import Requirements
from reports.verdict.results import BEYOND, Item, Requirement

HEAD = """# The checks

Written from the code by `make docs`: the docstring of a check is its card. {count} checks;
a sign-off with requirement set {version} must contain those of the numbered sections.

- **Severity.** blocker: the symbol cannot be quoted safely, and nobody can waive it;
  major: the client must work around it; minor: no effect on quoting.
- **Mainnet, at worst.** What one case costs with real money if the venue breaks its contract:
  minimum-size orders that fill. Such an order is the smallest that the filters allow, `minOrderAmt` of
  the quote coin, plus its fee.
- **Minimum messages.** A check that passed on fewer messages of the venue than this is BLOCKED.
- **N/A.** Only by declaration: in `environments.yaml`, by the listing's phase, by the keys that are
  configured, for what is not sent with real money, or for a library that is not installed and that
  no listing trades through; a blocker only where the requirement set allows it (`exempt`).
  A check of the order client: where the client does not offer what it needs.
"""
WAYS_IN = {
    "driven": "with a driver; BLOCKED without one",
    "observed": "on a bot without a driver; N/A with one",
    "both": "with a driver, or on a bot without one",
}
"""Which way in can judge the order client, in words."""


@dataclass(frozen=True, slots=True)
class Card:
    """One check.

    group: the prefix of its id and what its module is about
    library: the client library that it judges, "" for a check of the venue
    mainnet: why it does not run there, "" when it does
    max_fills: minimum-size orders that could fill in one case, see ``checks.check``
    min_messages: the minimum number of messages of the venue
    cases: its parameters in a few words, one entry per case
    needs: its prerequisites
    exempt: where and why it is N/A
    laws: the laws of the oracle that it reports, each a sentence with its source
    judged: which way in can judge the order client: driven, observed or both; "" for a check of the venue
    """

    id: str
    requirement: Requirement
    group: str
    severity: str
    library: str
    mainnet: str
    max_fills: int
    min_messages: int
    cases: tuple[str, ...]
    needs: tuple[str, ...]
    exempt: tuple[str, ...]
    laws: tuple[str, ...] = ()
    judged: str = ""

    @property
    def cost(self) -> str:
        """The worst case with real money, in words."""
        return "not run there" if self.mainnet else cost(self.max_fills)


def page(found: Sequence[Card], requirements: Requirements) -> str:
    """The page, in Markdown."""
    required = {check_id for item in requirements.items for check_id in item.checks}
    beyond = [card for card in found if card.id not in required]
    parts = [HEAD.format(version=requirements.version, count=len(found))]
    for item in requirements.items:
        parts += _section(item, [card for card in found if card.id in item.checks])
    return "\n".join([*parts, *_section(BEYOND, beyond)]).rstrip() + "\n"


def _section(item: Item, own: Sequence[Card]) -> Iterator[str]:
    if not own:
        return
    yield f"## {item.number}. {item.title}\n" if item.number else f"## {item.title}\n"
    yield f"> {item.clause}\n"
    for name, cards in groupby(own, key=lambda card: card.group):
        prefix, _, about = name.partition("  ")
        yield f"### {prefix} · {about}\n"
        yield from _group(list(cards))


def _group(own: Sequence[Card]) -> Iterator[str]:
    yield "| Check | Requirement | Severity | Mainnet, at worst |"
    yield "|---|---|---|---|"
    for card in own:
        anchor = card.id.lower().replace(".", "")
        title = _cell(card.requirement.title)
        yield f"| [{card.id}](#{anchor}) | {title} | {card.severity} | {card.cost} |"
    yield ""
    for card in own:
        yield from _card(card)


def _card(card: Card) -> Iterator[str]:
    demanded = card.requirement
    yield f"#### {card.id}\n"
    yield f"**{demanded.title}**\n"
    if demanded.paragraph:
        yield f"{demanded.paragraph}\n"
    yield "| | |"
    yield "|---|---|"
    yield from (f"| {name} | {_cell(text)} |" for name, text in _rows(card).items() if text)
    yield ""


def _rows(card: Card) -> Mapping[str, str]:
    demanded, cases = card.requirement, card.cases
    return {
        "Sequence": demanded.sequence,
        "Passes": demanded.passes,
        "Laws": "<br>".join(card.laws),
        "Judged": WAYS_IN.get(card.judged, ""),
        "Needs": "; ".join(card.needs) or "nothing but this suite",
        "N/A": "<br>".join(card.exempt) or "never",
        "Severity": card.severity,
        "Mainnet, at worst": f"not run there: {card.mainnet}" if card.mainnet else cost(card.max_fills),
        "Minimum messages": _minimum(card),
        "Cases": "1" if len(cases) <= 1 else f"{len(cases)}: {', '.join(cases)}",
        "Library": card.library,
        "Remediation": demanded.remediation,
        "Source": demanded.source,
    }


def cost(max_fills: int) -> str:
    """What minimum-size orders that fill cost, in words."""
    if not max_fills:
        return "nothing"
    return "1 minimum-size order" if max_fills == 1 else f"{max_fills} minimum-size orders"


def _minimum(card: Card) -> str:
    minimum = card.min_messages
    if card.laws:
        return "one that its laws speak of"
    if card.judged and not minimum:
        return "none: it judges the order client"
    if not minimum:
        return "none: it judges the suite's own policy"
    return f"{minimum} of the venue"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
