"""A rule's comparison, shifted: by a tick, a step, a moment, a character, an item.

A rule compares what it is handed with a constant of its module or with another field of its subject.
Either the constant is moved while the rule is asked, or the subject is. A moment's step is
not a millisecond, which passes on the wire. A rule that tests a grid is given a finer and a coarser one.
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
"""The step of a moment: the checks stay half a second away from a bound, and less passes on the wire."""
FAR = 10**9
"""So many steps are beyond whatever a rule compares with."""


@dataclass(frozen=True, slots=True)
class Operator:
    """A rule's test, moved.

    what: what is moved, whichever way
    matters: True when the rule's answer about a subject depends on what is moved
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
    """A tolerance moved by its step, a tick or a hundredth of a percent."""
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
    "moment of a request": (SignedRequest, lambda knock, n: replace(knock, stamp=_moment(knock.stamp, n))),
    "moment of an auth": (StreamAuth, lambda auth, n: replace(auth, now_ms=auth.now_ms + n * MOMENT_MS)),
    "length of an id": (
        OrderRequest,
        lambda form, n: replace(form, longest_order_link_id=form.longest_order_link_id + n),
    ),
    "tolerance": (OrderRequest, _tolerance),
}
"""What of a subject is moved -> the subject's type, and the subject moved by so many steps."""


_GRIDS = ("tick_size", "base_precision", "quote_precision")
"""The steps of an instrument that a rule may test a figure against."""


def operators(broken: Broken) -> Iterator[Operator]:
    """Every shift of a rule's test; whether the rule compares at all, the subjects must show."""
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
    code = getattr(broken, "__code__", None)
    module = vars(sys.modules[broken.__module__]) if hasattr(broken, "__module__") else {}
    for name in code.co_names if code else ():
        if name.isupper() and isinstance(module.get(name), int):
            yield module, name


def _with_constant(broken: Broken, module: dict[str, Any], name: str, delta: int) -> Broken:
    def shifted(subject: object) -> bool:
        conforming = module[name]
        module[name] = conforming + delta
        try:
            return broken(subject)
        finally:
            module[name] = conforming

    return shifted


def _with_subject(broken: Broken, kind: type, moved: Moved, steps: int) -> Broken:
    return lambda subject: broken(moved(subject, steps) if isinstance(subject, kind) else subject)


def _depends(broken: Broken, kind: type, moved: Moved) -> Broken:
    def matters(subject: object) -> bool:
        if not isinstance(subject, kind):
            return False
        return len({broken(moved(subject, steps)) for steps in (-FAR, -1, 0, 1, FAR)}) > 1

    return matters


def _with_grid(broken: Broken, grid: str, factor: Decimal) -> Broken:
    def shifted(subject: object) -> bool:
        if not isinstance(subject, Candidate):
            return broken(subject)
        instrument = replace(subject.instrument, **{grid: getattr(subject.instrument, grid) * factor})
        return broken(replace(subject, instrument=instrument))

    return shifted


def _tests_grid(broken: Broken, grid: str) -> Broken:
    """True when an enormous step makes a difference, which every figure is off, or a tiny one."""
    others = [_with_grid(broken, grid, factor) for factor in (Decimal(FAR), 1 / Decimal(FAR))]
    return lambda subject: (
        isinstance(subject, Candidate) and any(broken(subject) != other(subject) for other in others)
    )
