"""Seeded samples, and the order of the cases."""

from proof.sample import in_turn, laws_among, rounds, stratified
from proof.trial import Job

GROUPS = {"large": list(range(60)), "small": list(range(100, 130)), "tiny": list(range(200, 210))}


def test_each_group_has_its_part() -> None:
    """A sample has of each group as many as its part of all."""
    sample = stratified(GROUPS, 10, 1)

    assert [sum(item in found for item in sample) for found in GROUPS.values()] == [6, 3, 1]


def test_one_seed_draws_one_sample() -> None:
    """The same seed draws the same items, another one others, and a size of 0 everything."""
    assert stratified(GROUPS, 10, 1) == stratified(GROUPS, 10, 1) != stratified(GROUPS, 10, 2)
    assert len(stratified(GROUPS, 0, 1)) == 100


def test_checks_take_turns() -> None:
    """The best case of each check comes before the second one of any."""
    checks = {"a1": "A", "a2": "A", "b1": "B"}

    assert in_turn(checks, checks, {"a1": 0.0, "a2": 0.1, "b1": 0.5}.__getitem__) == ["a1", "b1", "a2"]


def test_every_round_has_the_laws() -> None:
    """Each round runs further cases and all the laws, and none is empty."""
    laws = laws_among({"a": "MKR-01", "b": "MKR-02", "law": "LAW-01"})
    jobs = list(rounds(Job("x"), ["a", "b"], laws, (1, 2, 9)))

    assert [sorted(job.nodes or ()) for job in jobs] == [["a", "law"], ["b", "law"]]
