"""The mutants of the venue's rule tables."""

from fixtures.v5.codes import RetCode
from fixtures.venue import rules
from fixtures.venue.rules import Judge
from proof.mutants import mutants, tables, tampered
from tests.fixtures.venue.scene import exchange, limit, naming


def test_every_rule_is_removed_and_recoded() -> None:
    """Each rule of each table that is judged by has a mutant without it and one with another code."""
    for name, table in tables().items():
        kinds = [mutant.kind for mutant in mutants().values() if mutant.table == name]
        assert kinds.count("removed") == kinds.count("recoded") == len(table)


def test_part_of_another_table_is_no_table() -> None:
    """A table that is only a part of others has no mutants of its own."""
    assert not any(table is rules.FIGURE_RULES for table in tables().values())


def test_mutant_is_in_force_only_within() -> None:
    """A removed rule does not fire while the mutant is in force, and fires again afterwards."""
    form = exchange()._form(naming("a") | {"symbol": "NOSUCHUSDT"})
    judge = Judge()

    with tampered("rules.CANCEL_FORM.symbol removed"):
        assert judge.refusal(rules.CANCEL_FORM_RULES, form) is None

    refusal = judge.refusal(rules.CANCEL_FORM_RULES, form)
    assert refusal is not None
    assert refusal.code is RetCode.INVALID_SYMBOL


def test_recoded_rule_answers_with_its_neighbour() -> None:
    """A recoded rule answers with the code of the next rule that has another."""
    form = exchange()._form(limit(symbol=None))
    with tampered("rules.CREATE_FORM.symbol_given as INVALID_SYMBOL"):
        refusal = Judge().refusal(rules.CREATE_FORM_RULES, form)

    assert refusal is not None
    assert refusal.code is RetCode.INVALID_SYMBOL
