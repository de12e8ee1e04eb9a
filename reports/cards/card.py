"""A check as a card, and the cards as a page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from reports.verdict.requirements import Requirements
from reports.verdict.results import BEYOND, Item, Requirement, most_severe

HEAD = """# The checks

Written from the code by `make docs`: the docstring of a check is its card. {count} checks;
a sign-off with requirement set {version} must contain those of the numbered sections.

- **Severity.** blocker: the symbol cannot be quoted safely, and nobody can waive it;
  major: the client must work around it; minor: no effect on quoting.
- **Mainnet, at worst.** What one making costs where money is real if the venue breaks its contract:
  least orders that fill. A least order is the smallest that the filters allow, `minOrderAmt` of the
  quote coin, plus its fee.
- **Observes.** A check that passed on fewer messages of the venue than this is BLOCKED.
- **N/A.** Only by declaration: in `environments.yaml`, by the listing's phase, by the keys that are
  configured, for what is not sent where money is real, or for a library that is not installed and that
  no listing trades through; a blocker only where the requirement set lets it be (`spared`).
"""


@dataclass(frozen=True, slots=True)
class Function:
    """One function that carries a check's id.

    max_fills: least-sized orders that could fill in one making, see ``checks.check``
    min_messages: the least number of messages of the venue
    cases: its parameters in a few words, one entry per making
    needs: what must be there
    exempt: where and why it is N/A
    """

    requirement: Requirement
    severity: str
    max_fills: int
    min_messages: int
    cases: tuple[str, ...]
    needs: tuple[str, ...]
    exempt: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One check.

    group: the prefix of its id and what its module is about
    library: the client library that it judges, "" for a check of the venue
    mainnet: why it is not made there, "" when it is
    """

    id: str
    group: str
    library: str
    mainnet: str
    functions: tuple[Function, ...]

    @property
    def severity(self) -> str:
        """The gravest of its functions."""
        return most_severe(one.severity for one in self.functions)

    @property
    def max_fills(self) -> int:
        """The most that one making can cost, in least-sized orders."""
        return max(one.max_fills for one in self.functions)

    @property
    def cost(self) -> str:
        """The worst case where money is real."""
        return "not made there" if self.mainnet else cost(self.max_fills)


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
        titles = "<br>".join(_cell(one.requirement.title) for one in card.functions)
        yield f"| [{card.id}](#{card.id.lower()}) | {titles} | {card.severity} | {card.cost} |"
    yield ""
    for card in own:
        yield f"#### {card.id}\n"
        for function in card.functions:
            yield from _function(card, function)


def _function(card: Card, function: Function) -> Iterator[str]:
    demanded = function.requirement
    yield f"**{demanded.title}**\n"
    if demanded.paragraph:
        yield f"{demanded.paragraph}\n"
    yield "| | |"
    yield "|---|---|"
    yield from (f"| {name} | {_cell(text)} |" for name, text in _rows(card, function).items() if text)
    yield ""


def _rows(card: Card, function: Function) -> Mapping[str, str]:
    demanded, cases = function.requirement, function.cases
    return {
        "Sequence": demanded.sequence,
        "Passes": demanded.passes,
        "Needs": "; ".join(function.needs) or "nothing but this suite",
        "N/A": "<br>".join(function.exempt) or "never",
        "Severity": function.severity,
        "Mainnet, at worst": f"not made there: {card.mainnet}" if card.mainnet else cost(function.max_fills),
        "Observes": _observed(function.min_messages),
        "Made": "once" if len(cases) <= 1 else f"{len(cases)} times: {', '.join(cases)}",
        "Library": card.library,
        "Disposition": demanded.remediation,
        "Source": demanded.source,
    }


def cost(max_fills: int) -> str:
    """What least-sized orders that fill cost, in words."""
    if not max_fills:
        return "nothing"
    return "1 least order" if max_fills == 1 else f"{max_fills} least orders"


def _observed(minimum: int) -> str:
    if not minimum:
        return "nothing: it judges the suite's own policy"
    return f"at least {minimum} message{'s' if minimum > 1 else ''} of the venue"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
