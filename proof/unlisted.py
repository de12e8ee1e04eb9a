"""What the checks notice of faults that nobody listed: three measures on seeded samples, for the page."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from proof import field_measure, pairs
from proof.code import code_measure
from proof.code.code_measure import CodeFate, CodeMeasure
from proof.code.equivalent_code import reason as code_reason
from proof.code.sites import LEFT_OUT
from proof.equivalent_fields import reason as field_reason
from proof.field_measure import FieldFate, FieldMeasure
from proof.pairs import PairsMeasure
from proof.pool import Workers
from proof.sample import SEED
from proof.share import Share

FULL = 18
"""How many times larger the samples of a full campaign are: all fields, and half of the code."""
_UNNOTICED_CODE = (CodeFate.ERRORS, CodeFate.HUNG, CodeFate.NOT_REACHED, CodeFate.SURVIVED)
_UNNOTICED_FIELDS = (FieldFate.ERRORS, FieldFate.SURVIVED)


@dataclass(frozen=True, slots=True)
class Unlisted:
    """The three measures of one campaign."""

    code: CodeMeasure
    fields: FieldMeasure
    pairs: PairsMeasure

    def sentences(self) -> list[str]:
        """Each measure in one line."""
        return [measure.sentence() for measure in (self.code, self.fields, self.pairs)]


def measured(pool: Workers, jobs: int, factor: int) -> Unlisted:
    """Take all three measures.

    jobs: how many code mutants are tried at once
    factor: how many times larger than usual the samples are
    """
    drawn = pairs.drawn(pairs.SAMPLE * factor, SEED)
    paired = pool.start(pairs.pair_jobs(drawn))
    fields = field_measure.measured(pool, field_measure.SAMPLE * factor, SEED)
    both = pairs.measure(pool.results("pairs", paired), SEED)
    return Unlisted(code_measure.measured(code_measure.SAMPLE * factor, SEED, jobs), fields, both)


def as_json(unlisted: Unlisted) -> list[dict[str, object]]:
    """The measures as JSON. ``what`` completes "the checks noticed so many of ..."."""
    code, fields, both = unlisted.code, unlisted.fields, unlisted.pairs
    return [
        {
            **_measure("code mutants", "changes of the venue's code", code.share),
            "seed": code.seed,
            "drawn": len(code.results),
            "total": code.total,
            "fates": _counts(result.fate for result in code.results),
            "survivors": {x.mutant.name: x.fate for x in code.of(*_UNNOTICED_CODE)},
            "equivalent": {x.mutant.name: code_reason(x.mutant.name) for x in code.of(CodeFate.EQUIVALENT)},
        },
        {
            **_measure("field mutants", "changes of the fields that it writes", fields.share),
            "seed": fields.seed,
            "drawn": len(fields.results),
            "total": fields.total,
            "fates": _counts(result.fate for result in fields.results),
            "survivors": {x.mutant.name: x.fate for x in fields.of(*_UNNOTICED_FIELDS)},
            "equivalent": {
                x.mutant.name: field_reason(x.mutant.name) for x in fields.of(FieldFate.EQUIVALENT)
            },
        },
        {
            **_measure("pairs of defects", "pairs of its listed defects, both of each", both.seen),
            "seed": both.seed,
            "drawn": len(both.pairs),
            "expected": both.expected,
            "masked": {str(kill): kill.reason for kill in both.masked},
        },
    ]


def _measure(name: str, what: str, share: Share) -> dict[str, object]:
    lower, upper = share.interval
    return {
        "name": name,
        "what": what,
        "killed": share.part,
        "judged": share.whole,
        "lower": round(lower, 4),
        "upper": round(upper, 4),
    }


def _counts(fates: Iterable[str]) -> dict[str, int]:
    return {str(fate): count for fate, count in sorted(Counter(fates).items())}


_HEAD = """
## Faults that nobody listed

A list of defects proves the list. These measures change the venue at random, by seed, and ask whether a check
that a sign-off demands notices by assertion; an error is no kill. In brackets stands the Wilson interval of
95 %.

- *Code mutants*: mutmut's operators on every expression of `fixtures/venue`, stratified by module. A mutant
  that `mypy --strict` rejects is none. Each of the others has a process of its own, in which the cases that
  run the mutated line are tried until one fails; the laws of the oracle are held against their messages.
- *Field mutants*: every field of every message of a conforming run, and every header, in turn stale, zero,
  of the other sign, the neighbour's, one unit off, empty and missing. First the oracle reads the changed
  messages of the run; what it does not see is sent by a venue to the cases that receive it
  (`proof/fields/changes.py` says which changes the documents allow).
- *Pairs*: two of the defects above at once. Every kill that is expected of either must be seen all the same.
"""


def page(unlisted: Unlisted) -> Iterator[str]:
    """The lines of the page's section, with every survivor."""
    code, fields, both = unlisted.code, unlisted.fields, unlisted.pairs
    yield _HEAD
    yield "| measure | drawn | judged | noticed | share |"
    yield "|---|---|---|---|---|"
    for name, drawn, share in (
        ("code mutants", f"{len(code.results)} of {code.total}", code.share),
        ("field mutants", f"{len(fields.results)} of {fields.total}", fields.share),
        ("pairs, both defects", f"{len(both.pairs)}", both.seen),
    ):
        yield _row(name, drawn, str(share.whole), str(share.part), _percent(share))
    yield f"\nSeed {code.seed}. No code is mutated of: " + "; ".join(
        f"`{pattern}` ({why})" for pattern, why in LEFT_OUT.items()
    )
    yield from _by_kind("code mutants", [(x.mutant.kind, x.fate) for x in code.results], CodeFate)
    yield from _by_kind("field mutants", [(x.mutant.change, x.fate) for x in fields.results], FieldFate)
    yield "\n### Code mutants that no check notices\n"
    yield "| mutant | operator | status | why |"
    yield "|---|---|---|---|"
    for result in code.of(*_UNNOTICED_CODE, CodeFate.EQUIVALENT):
        how = result.by.message if result.by else code_reason(result.mutant.name)
        yield _row(f"`{result.mutant.name}`", result.mutant.kind, result.fate, how)
    yield "\n### Field mutants that nothing notices\n"
    yield "| field | change | status | why |"
    yield "|---|---|---|---|"
    for found in fields.of(*_UNNOTICED_FIELDS, FieldFate.EQUIVALENT):
        mutant = found.mutant
        yield _row(f"{mutant.view} `{mutant.path}`", mutant.change, found.fate, found.message)
    yield "\n### Masked kills\n"
    yield f"Of {both.expected} expected kills {both.share.part} were seen on the pairs.\n"
    yield "| hides | hidden | check | how it ended | why |"
    yield "|---|---|---|---|---|"
    for kill in both.masked:
        how = f"{kill.outcome.kind}: {kill.outcome.message}" if kill.outcome else "not run"
        yield _row(kill.hiding, kill.hidden, kill.check, how, kill.reason or "**no reason given**")


def _by_kind(what: str, found: Sequence[tuple[str, str]], fates: Iterable[str]) -> Iterator[str]:
    """A table of kinds and fates. found: kind and fate of each mutant."""
    counts = Counter(found)
    columns = [fate for fate in fates if any(count for (_, seen), count in counts.items() if seen == fate)]
    yield f"\n| {what} | {' | '.join(columns)} |"
    yield f"|---|{'---|' * len(columns)}"
    for kind in sorted({kind for kind, _ in counts}):
        yield f"| {kind} | " + " | ".join(str(counts[kind, fate]) for fate in columns) + " |"


def _percent(share: Share) -> str:
    lower, upper = share.interval
    return f"{share.value:.1%} ({lower:.1%} to {upper:.1%})"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
