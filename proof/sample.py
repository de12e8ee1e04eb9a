"""Seeded samples of mutants, and the order in which cases are tried on one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, zip_longest
from math import floor
from random import Random
from typing import TypeVar

from proof.trial import LOOKS_BACK, Job

Item = TypeVar("Item")

SEED = 20261130
"""Of every sample, unless another is asked for."""


def stratified(groups: Mapping[str, Sequence[Item]], size: int, seed: int) -> list[Item]:
    """From each group as many as its part of all, by largest remainder; everything for a size of 0."""
    total = sum(map(len, groups.values()))
    size = min(size or total, total)
    quotas = {name: size * len(found) / total for name, found in groups.items()}
    counts = {name: floor(quota) for name, quota in quotas.items()}
    by_remainder = sorted(quotas, key=lambda name: counts[name] - quotas[name])
    for name in by_remainder[: size - sum(counts.values())]:
        counts[name] += 1
    chosen: list[Item] = []
    for name, found in groups.items():
        # Seeded by group: a change of one leaves the samples of the others as they are.
        chosen += Random(f"{seed}:{name}").sample(found, counts[name])  # noqa: S311 - no secret
    return chosen


def in_turn(cases: Iterable[str], checks: Mapping[str, str], key: Callable[[str], float]) -> list[str]:
    """The cases by key, one of each check in turn: many checks see more than many cases of one."""
    of_check: dict[str, list[str]] = {}
    for case in sorted(cases, key=lambda case: (key(case), case)):
        of_check.setdefault(checks[case], []).append(case)
    return [case for turn in zip_longest(*of_check.values()) for case in turn if case is not None]


def rounds(job: Job, cases: Sequence[str], laws: frozenset[str], sizes: Sequence[int]) -> Iterator[Job]:
    """The job on the first few of the cases, then on further ones, each time with the laws.

    sizes: how many cases have been tried after each round
    """
    for start, end in pairwise((0, *sizes)):
        if nodes := cases[start:end]:
            yield replace(job, nodes=laws.union(nodes), stops=True)


def laws_among(checks: Mapping[str, str]) -> frozenset[str]:
    """The cases that judge the messages of all others. checks: case -> id of its check."""
    return frozenset(case for case, check_id in checks.items() if check_id.startswith(LOOKS_BACK))
