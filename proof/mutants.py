"""The venue's tables of rules, each rule changed in every small way: removed, recoded, shifted.

The tables are found by walking the venue's modules, so that a rule that is added is on trial at once.
A mutant is applied from outside, where a ``Judge`` is handed its table: the venue knows nothing of it.
A venue without the rule that a word is a known one reads any other as the usual one, and goes on.
"""

import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from typing import Any
from unittest import mock

import fixtures.venue
from fixtures.v5.codes import RetCode
from fixtures.venue.engine.order_rules import CREATE_REQUEST_RULES, Judge, Refusal, RefusalRule
from fixtures.venue.model.order_request import OrderRequest
from fixtures.venue.model.orders import NewOrder
from proof.equivalent_codes import also_documented
from proof.operators import Operator, operators

Table = tuple[RefusalRule[Any], ...]
REFUSAL = Judge.refusal
NEW_ORDER = OrderRequest.new_order
USUAL: Mapping[str, tuple[str, str]] = {
    "symbol": ("symbol", ""),
    "side": ("side", "Buy"),
    "order_type": ("orderType", "Limit"),
    "time_in_force": ("timeInForce", "GTC"),
    "qty_number": ("qty", "1"),
    "market_unit": ("marketUnit", "baseCoin"),
    "smp_type": ("smpType", "None"),
}
"""Rule of a create's form -> the field that it keeps sound, and how a venue without the rule reads what is
not; "" for the first listed symbol."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One rule of one table, changed.

    kind: "removed", "recoded" or "shifted"
    rule: what stands in the rule's place, None for nothing
    shift: of a shifted rule, how to tell whether it compares at all
    """

    name: str
    kind: str
    table: str
    place: int
    rule: RefusalRule[Any] | None
    shift: Operator | None = None

    def differs(self, original: RefusalRule[Any], subject: object, *, fires: bool) -> bool:
        """True when the venue answers otherwise about the subject."""
        if self.rule is None:
            return fires
        would = fires if self.kind == "recoded" else self.rule.broken(subject)
        return would != fires or (fires and self.rule.code != original.code)


Place = tuple[RefusalRule[Any], list[Mutant]]
"""A rule and its mutants."""


@cache
def tables() -> Mapping[str, Table]:
    """Module and name -> table, of every table that a judge is handed; no part of another table."""
    found: dict[int, tuple[str, Table]] = {}
    for info in pkgutil.walk_packages(fixtures.venue.__path__, "fixtures.venue."):
        if info.name.endswith("__main__"):
            continue
        for name, value in vars(import_module(info.name)).items():
            if isinstance(value, tuple) and value and all(isinstance(rule, RefusalRule) for rule in value):
                found.setdefault(id(value), (f"{info.name.rpartition('.')[2]}.{name}", value))
    named = dict(found.values())
    return {name: table for name, table in named.items() if not _is_part(table, named.values())}


def _is_part(table: Table, others: Iterable[Table]) -> bool:
    rules = set(map(id, table))
    return any(rules < set(map(id, other)) for other in others)


@cache
def mutants() -> Mapping[str, Mutant]:
    """Name -> mutant, of every rule."""
    return {mutant.name: mutant for name, table in tables().items() for mutant in _of_table(name, table)}


def _of_table(name: str, table: Table) -> Iterator[Mutant]:
    for place, rule in enumerate(table):
        same = sum(earlier.name == rule.name for earlier in table[:place])
        site = f"{name.removesuffix('_RULES')}.{rule.name}" + (f"#{same + 1}" if same else "")
        code = _neighbour(site, table, place)
        recoded = replace(rule, code=code, text=f"an answer with the code of {code.name}")
        yield Mutant(f"{site} removed", "removed", name, place, None)
        yield Mutant(f"{site} as {code.name}", "recoded", name, place, recoded)
        for shift in operators(rule.broken):
            shifted = replace(rule, broken=shift.broken)
            yield Mutant(f"{site} {shift.text}", "shifted", name, place, shifted, shift)


def _neighbour(site: str, table: Table, place: int) -> RetCode:
    """The code of the next rule, or of one before, or the next of all, that is wrong for what is refused."""
    right = {table[place].code, *also_documented(site)}
    near = [rule.code for rule in (*table[place + 1 :], *reversed(table[:place]))]
    codes = list(RetCode)
    start = codes.index(table[place].code)
    return next(code for code in (*near, *codes[start:], *codes[1:]) if code not in right)


@contextmanager
def tampered(name: str) -> Iterator[None]:
    """Let every venue judge by a mutant; by the sound tables for ""."""
    if not name:
        yield
        return
    mutant = mutants()[name]
    table = tables()[mutant.table]
    changed = (*table[: mutant.place], *filter(None, [mutant.rule]), *table[mutant.place + 1 :])

    def refusal(judge: Judge, rules: Table, subject: object) -> Refusal | None:
        return REFUSAL(judge, changed if rules is table else rules, subject)

    with (
        mock.patch.object(Judge, "refusal", refusal),
        mock.patch.object(OrderRequest, "new_order", _reader(mutant)),
    ):
        yield


def _reader(mutant: Mutant) -> Callable[[OrderRequest], NewOrder]:
    """How a mutated venue reads a create."""
    table = tables()[mutant.table]
    removed = table[mutant.place]
    if mutant.rule is not None or table is not CREATE_REQUEST_RULES or removed.name not in USUAL:
        return NEW_ORDER
    name, usual = USUAL[removed.name]

    def leniently(form: OrderRequest) -> NewOrder:
        text = usual or next(iter(form.symbols))
        return NEW_ORDER(replace(form, body={**form.body, name: text}) if removed.broken(form) else form)

    return leniently


@dataclass(slots=True)
class Trace:
    """Which making would see which mutant.

    node: the making under way
    touched: mutant -> makings in which the mutant would have answered otherwise
    refused: table and place of a rule -> makings in which it refused something
    compares: the shifts of which a subject showed that the rule compares at all
    """

    node: str = ""
    touched: dict[str, set[str]] = field(default_factory=dict)
    refused: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    compares: set[str] = field(default_factory=set)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Note every judgement of every venue."""
        by_table = _by_table()

        def refusal(judge: Judge, rules: Table, subject: object) -> Refusal | None:
            self._note(by_table.get(id(rules), ()), subject)
            return REFUSAL(judge, rules, subject)

        with mock.patch.object(Judge, "refusal", refusal):
            yield

    def add(self, other: "Trace") -> None:
        """Take over what another run's trace saw."""
        for name, nodes in other.touched.items():
            self.touched.setdefault(name, set()).update(nodes)
        for place, nodes in other.refused.items():
            self.refused.setdefault(place, set()).update(nodes)
        self.compares |= other.compares

    def found(self) -> dict[str, frozenset[str]]:
        """Mutant -> makings, of every mutant.

        Of the shifts only those of the first thing that a rule turned out to compare.
        """
        real: dict[str, frozenset[str]] = {}
        first: dict[tuple[str, int], str] = {}
        for mutant in mutants().values():
            if mutant.shift is not None:
                if mutant.name not in self.compares:
                    continue
                if first.setdefault((mutant.table, mutant.place), mutant.shift.what) != mutant.shift.what:
                    continue
            real[mutant.name] = frozenset(self.touched.get(mutant.name, ()))
        return real

    def about(self, name: str) -> frozenset[str]:
        """The makings in which the rule of a mutant refused something: the checks that it exists for."""
        mutant = mutants()[name]
        return frozenset(self.refused.get((mutant.table, mutant.place), ()))

    def _note(self, places: Sequence[Place], subject: object) -> None:
        for rule, changed in places:
            fires = rule.broken(subject)
            for mutant in changed:
                if mutant.shift and mutant.name not in self.compares and mutant.shift.matters(subject):
                    self.compares.add(mutant.name)
                if mutant.differs(rule, subject, fires=fires):
                    self.touched.setdefault(mutant.name, set()).add(self.node)
            if fires:
                self.refused.setdefault((changed[0].table, changed[0].place), set()).add(self.node)
                return


def _by_table() -> dict[int, list[Place]]:
    placed: dict[int, list[Place]] = {}
    for name, table in tables().items():
        own = [mutant for mutant in mutants().values() if mutant.table == name]
        placed[id(table)] = [
            (rule, [mutant for mutant in own if mutant.place == place]) for place, rule in enumerate(table)
        ]
    return placed
