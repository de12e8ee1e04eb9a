"""Operators that move the boundary of a rule."""

from decimal import Decimal

import pytest

from fixtures.venue.access import access_rules
from fixtures.venue.access.access_rules import Stamp
from fixtures.venue.demo_accounts import MAKER
from fixtures.venue.engine import order_rules
from fixtures.venue.engine.order_rules import Candidate
from proof.operators import Broken, Operator, operators
from tests.fixtures.venue.scene import NOW, exchange, limit


def _rule(name: str) -> Broken:
    return next(rule.broken for rule in order_rules.CREATE_RULES if rule.name == name)


def _compared(broken: Broken, subject: object) -> list[Operator]:
    """The operators that matter for the rule, as the subject shows."""
    return [operator for operator in operators(broken) if operator.matters(subject)]


def _case(**fields: object) -> Candidate:
    venue = exchange()
    form = venue._request(limit(**fields))
    return venue._candidate(MAKER.uid, form.new_order(), venue.markets["BTCUSDT"])


@pytest.mark.parametrize(
    ("rule", "moved"),
    [
        ("open_orders", {"MOST_OPEN_ORDERS"}),
        ("lot", {"base_precision"}),
        ("min_amount", {"quantity", "price"}),
        ("post_only_qty", {"quantity"}),
        ("tick", {"tick_size"}),
        ("duplicate", set()),
    ],
)
def test_a_rule_is_moved_by_what_it_compares(rule: str, moved: set[str]) -> None:
    """The quantities that are moved are those that the rule's answer depends on, and no others."""
    assert {operator.what for operator in _compared(_rule(rule), _case(timeInForce="PostOnly"))} == moved


def test_a_quantity_is_moved_by_one_step() -> None:
    """With a step more the largest quantity is refused, with a step less the one above it is taken."""
    largest, beyond = (_case(qty=qty, timeInForce="PostOnly") for qty in ("20", "20.000001"))
    less, more = _compared(_rule("post_only_qty"), largest)

    assert (less.broken(largest), more.broken(largest)) == (False, True)
    assert (less.broken(beyond), more.broken(beyond)) == (False, True)


def test_a_grid_is_made_coarser_and_finer() -> None:
    """A tick ten times as large refuses a price on the grid, one a tenth as large takes a price off it."""
    on, off = _case(price="64000.1"), _case(price="64000.05")
    coarser, finer = _compared(_rule("tick"), on)

    assert (coarser.broken(on), finer.broken(on)) == (True, False)
    assert (coarser.broken(off), finer.broken(off)) == (True, False)


def test_a_moment_is_moved_by_more_than_half_a_second() -> None:
    """Half a second beyond the bound is in the wider window, half a second within is not in the narrower."""
    (broken,) = (rule.broken for rule in access_rules.STAMP_RULES if rule.name == "timestamp")
    beyond, within = (Stamp(str(NOW + ahead), "", NOW) for ahead in (1500, 500))
    narrower, wider = _compared(broken, beyond)

    assert (broken(beyond), broken(within)) == (True, False)
    assert (wider.broken(beyond), narrower.broken(within)) == (False, True)


def test_an_operator_restores_the_constant() -> None:
    """A constant is moved only while the rule is evaluated."""
    case = _case()
    for operator in _compared(_rule("open_orders"), case):
        operator.broken(case)

    assert (access_rules.FUTURE_MS, order_rules.MOST_OPEN_ORDERS) == (1000, 500)


def test_a_price_is_moved_by_a_tick() -> None:
    """A buy at the end of the band is refused one tick higher and taken one tick lower."""
    at = _case(price="68250")
    (broken,) = (
        rule.broken
        for rule in order_rules.CREATE_RULES
        if rule.name == "price_band" and rule.broken(_case(price="68250.1"))
    )
    lower, higher = (operator for operator in _compared(broken, at) if operator.what == "price")

    assert at.order.price == Decimal(68250)
    assert (lower.broken(at), higher.broken(at)) == (False, True)
