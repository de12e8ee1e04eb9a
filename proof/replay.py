"""What the oracle sees of a field mutant in the messages of a conforming run."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from fixtures.oracle import Judgement, Oracle
from fixtures.record.evidence import Direction, Record
from proof.fields.changes import Census, FieldMutant, Mutator
from proof.fields.field_places import HEADERS, message_of

LAG_MS = 10_000
"""How late a query and a push may be, where the run does not say what it allowed."""
_ENOUGH = 200
"""How many messages of a view are looked at to learn its fields and what they show."""
_STRIDE = 50


def _news(judgement: Judgement, known: set[str]) -> str:
    return next((text for text in map(str, judgement.contradictions) if text not in known), "")


@dataclass(slots=True)
class Replay:
    """The messages of a conforming run, in which one field after the other is changed.

    records: of the run
    cases: case -> the positions in which its records lie
    lag_ms, push_ms: how late a query and a push might be in it
    """

    records: Sequence[Record]
    cases: Mapping[str, range]
    lag_ms: int = LAG_MS
    push_ms: int = LAG_MS
    _shown: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _with_headers: list[int] = field(default_factory=list)
    _known: set[str] | None = None

    def __post_init__(self) -> None:
        """Find the messages of each view."""
        for position, record in enumerate(self.records):
            if (message := message_of(record)) is not None:
                self._shown[message[0]].append(position)
            if record.headers and record.direction is Direction.RECEIVED:
                self._with_headers.append(position)

    def mutants(self) -> list[FieldMutant]:
        """Every mutant that changes at least one message of the run, in the order of the views."""
        found: list[FieldMutant] = []
        for view, positions in self._shown.items():
            census = Census(view)
            for position in positions[:_ENOUGH]:
                _, content = message_of(self.records[position]) or ("", {})
                census.take(content)
            found += census.mutants
        headers = Census(HEADERS)
        for position in self._with_headers[:_ENOUGH]:
            headers.take(dict(self.records[position].headers), self.records[position].title)
        return [*found, *headers.mutants]

    def changed(self, mutant: FieldMutant) -> dict[int, Record]:
        """Position -> the changed record, for every message that the mutant changes."""
        mutator, changed = Mutator(mutant), {}
        if mutant.view == HEADERS:
            for position in self._with_headers:
                record = self.records[position]
                headers = dict(record.headers)
                if mutator.change(HEADERS, headers, record.title):
                    changed[position] = msgspec.structs.replace(record, headers=headers)
            return changed
        for position in self._shown[mutant.view]:
            record = self.records[position]
            view, content = message_of(record) or ("", {})
            if mutator.change(view, content):
                changed[position] = msgspec.structs.replace(record, text=json.dumps(content))
        return changed

    def contradicted(self, mutant: FieldMutant) -> str:
        """The first contradiction that the oracle finds in the run because of the mutant, "" for none."""
        if self._known is None:
            # On a busy machine a conforming run may contradict a law about times.
            whole = Oracle(self.lag_ms, self.push_ms)
            whole.take(self.records)
            self._known = set(map(str, whole.finish().contradictions))
        changed, known = self.changed(mutant), self._known
        oracle = Oracle(self.lag_ms, self.push_ms)
        for position, record in enumerate(self.records):
            oracle.take([changed.get(position, record)])
            # Looked at often enough to end early, and seldom enough to cost nothing.
            if position % _STRIDE == 0 and (seen := _news(oracle.judgement, known)):
                return seen
        return _news(oracle.finish(), known)

    def showing(self, mutant: FieldMutant) -> dict[str, int]:
        """Case -> how many of its messages the mutant changes, for the cases that receive one."""
        changed = sorted(self.changed(mutant))
        counts = {
            case: sum(position in positions for position in changed) for case, positions in self.cases.items()
        }
        return {case: count for case, count in counts.items() if count}
