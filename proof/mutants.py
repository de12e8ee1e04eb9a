"""Mutants of the venue's rule tables: each rule removed, recoded, or with a boundary moved.

The tables are found by walking the venue's modules, so that a new rule is mutated at once.
A mutant is applied from outside, where a ``Judge`` is handed its table: the venue knows nothing of it.
A name is ``module.TABLE.rule change``, by which ``equivalent_mutants`` and ``equivalent_codes`` find it.
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
"""Rule of a create's form -> the field that it validates, and the word that a venue without the rule reads
in place of an unknown one; "" for the first listed symbol.

Without the rule the venue would fail on the unknown word itself, and the mutant would only show as an error.
"""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One rule of one table, changed.

    kind: "removed", "recoded" or "moved"
    place: the rule's index in its table
    rule: what replaces the rule, None for nothing
    operator: what moved the boundary, of a "moved" rule only
    """

    name: str
    kind: str
    table: str
    place: int
    rule: RefusalRule[Any] | None
    operator: Operator | None = None

    def differs(self, original: RefusalRule[Any], subject: object, *, fires: bool) -> bool:
        """True when a venue with this mutant answers differently. fires: whether the original rule fires."""
        if self.rule is None:
            return fires
        fires_now = fires if self.kind == "recoded" else self.rule.broken(subject)
        return fires_now != fires or (fires and self.rule.code != original.code)


FieldPlace = tuple[RefusalRule[Any], list[Mutant]]
"""A rule and its mutants."""


@cache
def tables() -> Mapping[str, Table]:
    """``module.TABLE`` -> table, for every table that a judge is handed; a part of another table is none."""
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
    """Name -> mutant, for every rule of every table."""
    return {mutant.name: mutant for name, table in tables().items() for mutant in _of_table(name, table)}


def _of_table(name: str, table: Table) -> Iterator[Mutant]:
    for place, rule in enumerate(table):
        same = sum(earlier.name == rule.name for earlier in table[:place])
        site = f"{name.removesuffix('_RULES')}.{rule.name}" + (f"#{same + 1}" if same else "")
        code = _neighbour(site, table, place)
        recoded = replace(rule, code=code, text=f"an answer with the code of {code.name}")
        yield Mutant(f"{site} removed", "removed", name, place, None)
        yield Mutant(f"{site} as {code.name}", "recoded", name, place, recoded)
        for operator in operators(rule.broken):
            moved = replace(rule, broken=operator.broken)
            yield Mutant(f"{site} {operator.text}", "moved", name, place, moved, operator)


def _neighbour(site: str, table: Table, place: int) -> RetCode:
    """The code of the nearest rule, later ones first, else of any, that is wrong for the refusal."""
    right = {table[place].code, *also_documented(site)}
    near = [rule.code for rule in (*table[place + 1 :], *reversed(table[:place]))]
    codes = list(RetCode)
    start = codes.index(table[place].code)
    return next(code for code in (*near, *codes[start:], *codes[1:]) if code not in right)


@contextmanager
def tampered(name: str) -> Iterator[None]:
    """Let every venue of this process judge by a mutant; by the original tables for ""."""
    if not name:
        yield
        return
    mutant = mutants()[name]
    table = tables()[mutant.table]
    changed = (*table[: mutant.place], *filter(None, [mutant.rule]), *table[mutant.place + 1 :])

    # Compared by identity: tables share rules, and only this one is mutated.
    def refusal(judge: Judge, rules: Table, subject: object) -> Refusal | None:
        return REFUSAL(judge, changed if rules is table else rules, subject)

    with (
        mock.patch.object(Judge, "refusal", refusal),
        mock.patch.object(OrderRequest, "new_order", _reader(mutant)),
    ):
        yield


def _reader(mutant: Mutant) -> Callable[[OrderRequest], NewOrder]:
    """How a mutated venue reads a create: without a removed rule of ``USUAL`` it reads the usual word."""
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
    """Records which case reaches which mutant.

    node: node id of the case that is running
    touched: mutant -> cases in which the mutant would have answered differently
    refused: table and place of a rule -> cases in which it refused something
    compares: the "moved" mutants of which some subject showed that the rule depends on what is moved
    """

    node: str = ""
    touched: dict[str, set[str]] = field(default_factory=dict)
    refused: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    compares: set[str] = field(default_factory=set)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Record every judgement of every venue of this process."""
        by_table = _by_table()

        def refusal(judge: Judge, rules: Table, subject: object) -> Refusal | None:
            self._note(by_table.get(id(rules), ()), subject)
            return REFUSAL(judge, rules, subject)

        with mock.patch.object(Judge, "refusal", refusal):
            yield

    def add(self, other: "Trace") -> None:
        """Merge the trace of another run."""
        for name, nodes in other.touched.items():
            self.touched.setdefault(name, set()).update(nodes)
        for place, nodes in other.refused.items():
            self.refused.setdefault(place, set()).update(nodes)
        self.compares |= other.compares

    def found(self) -> dict[str, frozenset[str]]:
        """Mutant -> cases that reach it, for every mutant that is real.

        Every operator is tried on every rule, so most "moved" mutants change nothing. Of those that do, only
        the first quantity that the rule depends on counts: a rule that compares price times quantity has one
        boundary, not two.
        """
        real: dict[str, frozenset[str]] = {}
        first: dict[tuple[str, int], str] = {}
        for mutant in mutants().values():
            if mutant.operator is not None:
                if mutant.name not in self.compares:
                    continue
                if (
                    first.setdefault((mutant.table, mutant.place), mutant.operator.what)
                    != mutant.operator.what
                ):
                    continue
            real[mutant.name] = frozenset(self.touched.get(mutant.name, ()))
        return real

    def about(self, name: str) -> frozenset[str]:
        """The cases in which the original rule refused something: those that test exactly this rule."""
        mutant = mutants()[name]
        return frozenset(self.refused.get((mutant.table, mutant.place), ()))

    def _note(self, places: Sequence[FieldPlace], subject: object) -> None:
        for rule, changed in places:
            fires = rule.broken(subject)
            for mutant in changed:
                if mutant.operator and mutant.name not in self.compares and mutant.operator.matters(subject):
                    self.compares.add(mutant.name)
                if mutant.differs(rule, subject, fires=fires):
                    self.touched.setdefault(mutant.name, set()).add(self.node)
            if fires:
                self.refused.setdefault((changed[0].table, changed[0].place), set()).add(self.node)
                # A judge stops at the first rule that fires: the later ones never see the subject.
                return


def _by_table() -> dict[int, list[FieldPlace]]:
    placed: dict[int, list[FieldPlace]] = {}
    for name, table in tables().items():
        own = [mutant for mutant in mutants().values() if mutant.table == name]
        placed[id(table)] = [
            (rule, [mutant for mutant in own if mutant.place == place]) for place, rule in enumerate(table)
        ]
    return placed
