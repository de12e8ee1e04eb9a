"""Which mutants the project's own type checker rejects: nobody could have written those."""

import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from proof.code.sites import VENUE, CodeMutant, mutated_source
from proof.trial import ROOT


class TypeChecker:
    """Checks the venue with mypy, with one module after the other mutated. folder: takes its cache."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def accepts(self, mutant: CodeMutant) -> bool:
        """True when the venue with the mutant passes as the conforming one does."""
        changed = self._folder / "mutant.py"
        changed.write_text(mutated_source(mutant), encoding="utf-8")
        return self.passes("--shadow-file", str(VENUE / mutant.module), str(changed))

    def passes(self, *options: str) -> bool:
        """True when mypy finds nothing in the venue, as it stands or with a module in another's stead."""
        command = [sys.executable, "-m", "mypy", f"--cache-dir={self._folder}", *options, str(VENUE)]
        return not subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode  # noqa: S603 - our own mypy


def accepted(mutants: Iterable[CodeMutant]) -> set[CodeMutant]:
    """The mutants that the type checker does not reject.

    Raises RuntimeError when it rejects the conforming venue.
    """
    with tempfile.TemporaryDirectory() as folder:
        checker = TypeChecker(Path(folder))
        if not checker.passes():
            raise RuntimeError("mypy rejects the conforming venue: run make lint")
        return {mutant for mutant in mutants if checker.accepts(mutant)}
