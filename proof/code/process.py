"""A process of its own for each code mutant, which imports one module of the venue with a mutation in it.

A mutant may never come back, and what it has broken must not outlive it. The processes are forked from one
that has imported the libraries and nothing of the suite, so that each pays for the suite's own imports alone.
"""

import importlib
import multiprocessing
import os
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from proof.parent import end_with_parent

Argument = TypeVar("Argument")
Result = TypeVar("Result")

_LIBRARIES = ["aiohttp.web", "httpx", "jsonschema", "msgspec", "pydantic", "pytest", "uvloop"]
_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(_LIBRARIES)


class Crashed(Exception):
    """The process died, or what it was to do raised an exception."""


class Hung(Exception):
    """The process did not come back in time; it was killed."""


class Mutation:
    """A module to be imported with another source. path: of the file that it stands in for."""

    def __init__(self, module: str, path: Path, source: str) -> None:
        self.module, self.path, self.source = module, path, source


class _Loader(SourceFileLoader):
    def __init__(self, mutation: Mutation) -> None:
        super().__init__(mutation.module, str(mutation.path))
        self._source = mutation.source

    def path_stats(self, path: str) -> dict[str, float]:
        # Without the file's time no bytecode is read or written.
        raise FileNotFoundError(path)

    def get_data(self, path: str) -> bytes:
        del path
        return self._source.encode()


class _Finder(MetaPathFinder):
    def __init__(self, mutation: Mutation) -> None:
        self._mutation = mutation

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        if fullname != self._mutation.module:
            return None
        return spec_from_file_location(fullname, self._mutation.path, loader=_Loader(self._mutation))


def in_own_process(
    work: Callable[[Argument], Result], argument: Argument, mutation: Mutation | None, deadline_s: float
) -> Result:
    """Do some work in a new process, with a mutation of the venue or without.

    Raises Crashed with what was raised, Hung when the deadline has passed.
    """
    ours, theirs = _FORKING.Pipe()
    process = _FORKING.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        # One after the other: reading what is to be done imports the venue, which must be mutated by then.
        ours.send(mutation and (mutation.module, mutation.path, mutation.source))
        ours.send((work, argument))
        if not ours.poll(deadline_s):
            raise Hung
        failed, answer = ours.recv()
    except (EOFError, ConnectionError) as error:
        raise Crashed("the process died") from error
    finally:
        process.kill()
        process.join()
        ours.close()
    if failed:
        raise Crashed(answer)
    result: Result = answer
    return result


def _serve(pipe: Connection) -> None:
    """Do the work that comes through a pipe, and send what comes of it."""
    end_with_parent()
    # Nobody reads the traces of what a mutant breaks.
    sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for as long as the process lives
    try:
        if given := pipe.recv():
            if given[0] in sys.modules:
                raise RuntimeError(f"{given[0]} was imported before it could be mutated")  # noqa: TRY301
            sys.meta_path.insert(0, _Finder(Mutation(*given)))
            # At once: pytest's own import hook comes first later on.
            importlib.import_module(given[0])
        work, argument = pipe.recv()
        pipe.send((False, work(argument)))
    except Exception as error:  # noqa: BLE001 - whatever a mutant raises is its outcome
        pipe.send((True, f"{type(error).__name__}: {error}"))
