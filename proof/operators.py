"""Mutation operators that move the boundary of a rule's comparison by one step.

A rule compares what it is handed with a constant of its module, or one field of its subject with another.
While the rule is evaluated, either the constant is moved or the subject: by a tick, a lot step, a moment, a
character or an item. A rule that tests a grid is given a finer and a coarser one.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from fixtures.v5.instrument import plain
from fixtures.venue.access.access_rules import SignedRequest, Stamp, StreamAuth
from fixtures.venue.engine.order_rules import Candidate
from fixtures.venue.model.order_request import OrderRequest

Broken = Callable[[Any], bool]
Moved = Callable[[Any, int], Any]

MOMENT_MS = 600
"""The step of a moment. The checks stay half a second away from a bound, because a request takes time on the
wire: a move by a millisecond would be noticed by chance only."""
FAR = 10**9
"""A number of steps that is beyond whatever a rule compares with."""


@dataclass(frozen=True, slots=True)
class Operator:
    """A rule's predicate with one boundary moved.

    what: the quantity that is moved, in either direction
    text: the end of the mutant's name
    broken: the moved predicate
    matters: True for a subject of which the original answer depends on that quantity
    """

    what: str
    text: str
    broken: Broken
    matters: Broken


def _qty(case: Candidate, steps: int) -> Candidate:
    step = case.instrument.quote_precision if case.order.in_quote else case.instrument.base_precision
    return replace(case, order=replace(case.order, qty=case.order.qty + steps * step))


def _price(case: Candidate, steps: int) -> Candidate:
    if case.order.price is None:
        return case
    return replace(
        case, order=replace(case.order, price=case.order.price + steps * case.instrument.tick_size)
    )


def _moment(stamp: Stamp, steps: int) -> Stamp:
    return replace(stamp, now_ms=stamp.now_ms + steps * MOMENT_MS)


def _tolerance(form: OrderRequest, steps: int) -> OrderRequest:
    """Move a slippage tolerance by its step: one tick, or a hundredth of a percent."""
    step = Decimal("0.01") if form.text("slippageToleranceType") == "Percent" else Decimal(1)
    if form.is_empty("slippageTolerance"):
        return form
    amount = form.figure("slippageTolerance") or Decimal(0)
    return replace(form, body={**form.body, "slippageTolerance": plain(amount + steps * step)})


_MOVED: dict[str, tuple[type, Moved]] = {
    "quantity": (Candidate, _qty),
    "price": (Candidate, _price),
    "open orders": (Candidate, lambda case, steps: replace(case, open_orders=case.open_orders + steps)),
    "moment of a stamp": (Stamp, _moment),
    "moment of a request": (SignedRequest, lambda asked, n: replace(asked, stamp=_moment(asked.stamp, n))),
    "moment of an auth": (StreamAuth, lambda auth, n: replace(auth, now_ms=auth.now_ms + n * MOMENT_MS)),
    "length of an id": (
        OrderRequest,
        lambda form, n: replace(form, longest_order_link_id=form.longest_order_link_id + n),
    ),
    "tolerance": (OrderRequest, _tolerance),
}
"""Quantity -> the type of the subjects that have it, and the function that moves it by a number of steps."""


_GRIDS = ("tick_size", "base_precision", "quote_precision")
"""The grids of an instrument that a rule may test a figure against."""


def operators(broken: Broken) -> Iterator[Operator]:
    """Every operator that may apply to a rule; whether it does, ``matters`` shows once there are subjects.

    A rule that names a constant is moved by the constant alone.
    """
    constants = list(_constants(broken))
    for module, name in constants:
        step = MOMENT_MS if name.endswith("_MS") else 1
        for delta in (-step, +step):
            yield Operator(
                name, f"with {name} {delta:+d}", _with_constant(broken, module, name, delta), lambda _: True
            )
    for what, (kind, moved) in () if constants else _MOVED.items():
        for steps in (-1, +1):
            yield Operator(
                what,
                f"with the {what} {steps:+d}",
                _with_subject(broken, kind, moved, steps),
                _depends(broken, kind, moved),
            )
    for grid in _GRIDS:
        for factor in (Decimal(10), Decimal("0.1")):
            yield Operator(
                grid,
                f"with {grid} times {factor}",
                _with_grid(broken, grid, factor),
                _tests_grid(broken, grid),
            )


def _constants(broken: Broken) -> Iterator[tuple[dict[str, Any], str]]:
    # The code object names the globals that the rule reads; the bounds among them are upper-case integers.
    code = getattr(broken, "__code__", None)
    module = vars(sys.modules[broken.__module__]) if hasattr(broken, "__module__") else {}
    for name in code.co_names if code else ():
        if name.isupper() and isinstance(module.get(name), int):
            yield module, name


def _with_constant(broken: Broken, module: dict[str, Any], name: str, delta: int) -> Broken:
    def moved_rule(subject: object) -> bool:
        conforming = module[name]
        module[name] = conforming + delta
        try:
            return broken(subject)
        finally:
            module[name] = conforming

    return moved_rule


def _with_subject(broken: Broken, kind: type, moved: Moved, steps: int) -> Broken:
    return lambda subject: broken(moved(subject, steps) if isinstance(subject, kind) else subject)


def _depends(broken: Broken, kind: type, moved: Moved) -> Broken:
    def matters(subject: object) -> bool:
        if not isinstance(subject, kind):
            return False
        return len({broken(moved(subject, steps)) for steps in (-FAR, -1, 0, 1, FAR)}) > 1

    return matters


def _with_grid(broken: Broken, grid: str, factor: Decimal) -> Broken:
    def moved_rule(subject: object) -> bool:
        if not isinstance(subject, Candidate):
            return broken(subject)
        instrument = replace(subject.instrument, **{grid: getattr(subject.instrument, grid) * factor})
        return broken(replace(subject, instrument=instrument))

    return moved_rule


def _tests_grid(broken: Broken, grid: str) -> Broken:
    """True for a subject whose answer changes with an enormous grid, which no figure fits, or a tiny one."""
    others = [_with_grid(broken, grid, factor) for factor in (Decimal(FAR), 1 / Decimal(FAR))]
    return lambda subject: (
        isinstance(subject, Candidate) and any(broken(subject) != other(subject) for other in others)
    )
