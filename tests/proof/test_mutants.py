"""The mutants of the venue's rule tables."""

from fnmatch import fnmatchcase

import pytest

from fixtures.v5.codes import RetCode
from fixtures.venue.demo_accounts import MAKER
from fixtures.venue.engine import order_rules
from fixtures.venue.engine.order_rules import Judge
from proof.equivalent_codes import ALSO
from proof.equivalent_mutants import EXEMPT, SURVIVORS
from proof.mutants import USUAL, Trace, mutants, tables, tampered
from tests.fixtures.venue.scene import NOW, exchange, limit, naming


def test_every_rule_is_removed_and_recoded() -> None:
    """Each rule of each table has one mutant without it and one with another code."""
    for name, table in tables().items():
        kinds = [mutant.kind for mutant in mutants().values() if mutant.table == name]
        assert kinds.count("removed") == kinds.count("recoded") == len(table)


def test_part_of_another_table_is_no_table() -> None:
    """A table that is only a part of others has no mutants of its own."""
    assert not any(table is order_rules.FIGURE_RULES for table in tables().values())


def test_mutant_is_in_force_only_within() -> None:
    """A removed rule does not fire while the mutant is in force, and fires again afterwards."""
    form = exchange()._request(naming("a") | {"symbol": "NOSUCHUSDT"})
    judge = Judge()

    with tampered("order_rules.CANCEL_REQUEST.symbol removed"):
        assert judge.refusal(order_rules.CANCEL_REQUEST_RULES, form) is None

    refusal = judge.refusal(order_rules.CANCEL_REQUEST_RULES, form)
    assert refusal is not None
    assert refusal.code is RetCode.INVALID_SYMBOL


def test_recoded_rule_answers_with_its_neighbour() -> None:
    """A recoded rule answers with the code of the next rule that has another."""
    form = exchange()._request(limit(symbol=None))
    with tampered("order_rules.CREATE_REQUEST.symbol_given as REQUEST_PARAM_ERROR"):
        refusal = Judge().refusal(order_rules.CREATE_REQUEST_RULES, form)

    assert refusal is not None
    assert refusal.code is RetCode.REQUEST_PARAM_ERROR


def test_recoded_rule_never_answers_as_the_documents_allow() -> None:
    """A neighbour's code that the documents give for the same refusal is passed over."""
    names = {name for name in mutants() if name.startswith("order_rules.CREATE.limit_qty as")}

    assert names == {"order_rules.CREATE.limit_qty as ORDER_VALUE_TOO_LOW"}


@pytest.mark.parametrize("name", USUAL)
def test_removed_word_is_read_as_the_usual_one(name: str) -> None:
    """A venue without the rule of a word takes the order; the conforming one refuses it."""
    market = {"side": "Sell", "orderType": "Market"} if name == "market_unit" else {}
    field, _ = USUAL[name]
    body = limit(orderLinkId="a", **{**market, field: "no such word"})

    with tampered(f"order_rules.CREATE_REQUEST.{name} removed"):
        taken = exchange().create(MAKER.uid, body, NOW)

    assert exchange().create(MAKER.uid, body, NOW).code is not RetCode.OK
    assert taken.code is RetCode.OK, taken.text


def test_moved_boundary_is_found_however_late_it_shows() -> None:
    """What a rule compares is learnt from the one subject that shows it, however many came before."""
    venue, trace = exchange(), Trace()
    with trace.installed():
        for _ in range(400):
            venue.create(MAKER.uid, limit(), NOW)
        before = set(trace.compares)
        venue.create(MAKER.uid, limit(orderType="Market", side="Sell", price=None), NOW)

    assert "order_rules.CREATE.market_qty with the quantity +1" in trace.compares - before


def test_trace_knows_the_cases_that_a_rule_refused() -> None:
    """A mutant is about the cases in which the original rule refused something."""
    venue, trace = exchange(), Trace("x::taken")
    with trace.installed():
        venue.create(MAKER.uid, limit(), NOW)
        trace.node = "x::refused"
        venue.create(MAKER.uid, limit(price="64000.05"), NOW)

    assert trace.about("order_rules.CREATE.tick with tick_size times 10") == {"x::refused"}


@pytest.mark.parametrize("pattern", [*EXEMPT, *SURVIVORS])
def test_every_reason_is_about_a_mutant(pattern: str) -> None:
    """A pattern of exempt mutants and survivors that matches no mutant is stale."""
    assert any(fnmatchcase(name, pattern) for name in mutants())


@pytest.mark.parametrize("pattern", list(ALSO))
def test_every_alternative_code_is_about_a_rule(pattern: str) -> None:
    """A pattern of alternative codes that matches no rule is stale."""
    assert any(fnmatchcase(name, f"{pattern} removed") for name in mutants())
