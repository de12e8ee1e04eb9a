"""A process of its own for a mutant."""

import math

import pytest

from proof.code.process import Crashed, Hung, Mutation, in_own_process
from proof.code.sites import VENUE
from proof.trial import ROOT

MODULE = "fixtures.venue.json_text"
PATH = VENUE / "json_text.py"


def test_the_mutation_is_in_force_there_alone() -> None:
    """The new process imports the other source; this one has the module as it stands."""
    from fixtures.venue import json_text  # noqa: PLC0415 - what the test is about

    mutation = Mutation(MODULE, PATH, PATH.read_text(encoding="utf-8") + "\nWHOSE = 'a mutant'\n")
    seen = in_own_process(eval, f"__import__('sys').modules['{MODULE}'].WHOSE", mutation, 30)

    assert seen == "a mutant"
    assert not hasattr(json_text, "WHOSE")


def test_a_module_that_cannot_be_imported_is_reported() -> None:
    """A mutant that does not start is reported by what it raises."""
    with pytest.raises(Crashed, match="NameError"):
        in_own_process(math.sqrt, 4, Mutation(MODULE, PATH, "nothing"), 30)


def test_a_process_that_hangs_is_killed() -> None:
    """A mutant that never comes back does not hold up the others."""
    with pytest.raises(Hung):
        in_own_process(eval, "__import__('time').sleep(60)", None, 3)


def test_work_is_done_without_a_mutation_too() -> None:
    """The conforming venue is run the same way."""
    assert in_own_process(len, str(ROOT), None, 30) == len(str(ROOT))
