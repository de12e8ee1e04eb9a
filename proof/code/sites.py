"""The mutants of the venue's code: where mutmut's operators apply, and the source with one applied."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

VENUE = Path(__file__).parents[2] / "fixtures" / "venue"
LEFT_OUT: Mapping[str, str] = {
    "defects/*": "they are no conforming code",
    "variants/*": "legal ways of a venue, which a run chooses by an option",
    "__main__.py": "the command line, of which no client sees anything",
    "own_keys.py": "keys for the command line",
    "clock.py": "a clock for a client's own scripts; a run has the machine's",
    "market_simulator.py": "what others trade at random: whatever it does is a legal market",
    "invariants.py": "the venue's audit of itself, which its own tests switch on",
    "parts.py": "how a defect is built into a venue",
    "demo_accounts.py": "the keys that both ends are given",
    "venue_options.py": "our answers to what the documents leave open, each as legal as the others",
}
"""Pattern of a module of the venue -> why its code is not mutated."""
_CONTEXT = 24
"""How many characters stand around what a mutant changes, in its name."""
_NOT_IN_FORCE = (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom)
"""Code that answers no request. A removed decorator is another type, not another answer."""
_LABELLED = {"RefusalRule", "TypeVar", "_stream_rule", "cast"}
"""What takes a name as its first argument that no client sees."""
_WORDS = 3
"""The place of the argument of a rule that gives the words of its refusal's text."""
_CALLED = (cst.FunctionDef, cst.Lambda)
_STATEMENTS = (*_CALLED, cst.SimpleStatementLine)


@dataclass(frozen=True, slots=True)
class CodeMutant:
    """One expression of the venue, changed.

    name: "module function: before → after", with "#2" for the second of that name; it has no line numbers
    kind: the operator of mutmut
    module: path within the venue's package
    lines: the first and the last line of what is changed, or of the statement that it is a part of in its
        function: a constant leaves no trace of its own
    site: which mutation of its module it is, from 0
    at_import: True for code that runs once, when its module is imported
    """

    name: str
    kind: str
    module: str
    lines: tuple[int, int]
    site: int
    at_import: bool

    @property
    def imported_as(self) -> str:
        """The name of the module for an import."""
        return ".".join(("fixtures", "venue", *self.module.removesuffix(".py").split("/"))).removesuffix(
            ".__init__"
        )


@dataclass(frozen=True, slots=True)
class _Mutation:
    kind: str
    function: str
    lines: tuple[int, int]
    at_import: bool
    original: cst.CSTNode
    changed: cst.CSTNode


class _Sites(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.found: list[_Mutation] = []
        self._inside: list[str] = []
        self._called = 0
        self._statements: list[tuple[int, int] | None] = [None]
        self._labels: set[int] = set()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, _NOT_IN_FORCE) or _is_prose(node) or id(node) in self._labels:
            return False
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value in _LABELLED:
            self._labels.add(id(node.args[0].value))
            self._labels.update(id(argument.value) for argument in node.args[_WORDS : _WORDS + 1])
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._inside.append(node.name.value)
        self._called += isinstance(node, _CALLED)
        # The defaults of parameters are read where the function is defined.
        self._called -= isinstance(node, cst.Parameters)
        # Some nodes, commas among them, have no position: nothing of them is mutated alone.
        place = self.get_metadata(PositionProvider, node, None)
        lines = (place.start.line, place.end.line) if isinstance(place, cst.metadata.CodeRange) else None
        if isinstance(node, _STATEMENTS):
            # What a function holds runs at another time than the statement that defines it.
            self._statements.append(lines if self._called and not isinstance(node, _CALLED) else None)
        if lines is not None:
            lines, function = self._statements[-1] or lines, ".".join(self._inside)
            self.found += [
                _Mutation(kind, function, lines, not self._called, node, changed)
                for kind, changed in _changes(node)
            ]
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if id(original_node) in self._labels:
            return
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self._inside.pop()
        if isinstance(original_node, _STATEMENTS):
            self._statements.pop()
        self._called -= isinstance(original_node, _CALLED)
        self._called += isinstance(original_node, cst.Parameters)


def _is_prose(node: cst.CSTNode) -> bool:
    """True for a text for human readers, of which no document says how it reads, and for documentation."""
    return (isinstance(node, cst.SimpleString) and " " in node.value) or isinstance(
        node, cst.FormattedString | cst.ConcatenatedString
    )


def _changes(node: cst.CSTNode) -> Iterator[tuple[str, cst.CSTNode]]:
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            for changed in operator(node):
                yield operator.__name__.removeprefix("operator_").replace("_", " "), changed


@cache
def modules() -> Sequence[str]:
    """The modules that are mutated, as paths within the venue's package."""
    paths = (path.relative_to(VENUE).as_posix() for path in sorted(VENUE.rglob("*.py")))
    return [path for path in paths if not any(fnmatchcase(path, pattern) for pattern in LEFT_OUT)]


@cache
def code_mutants() -> Mapping[str, Sequence[CodeMutant]]:
    """Module -> its mutants, in the order of its source."""
    return {module: tuple(_named(module)) for module in modules()}


def _named(module: str) -> Iterator[CodeMutant]:
    seen: Counter[str] = Counter()
    for site, mutation in enumerate(_mutations(module)[1]):
        before, after = _difference(_code(mutation.original), _code(mutation.changed))
        name = f"{module} {mutation.function or 'module'}: {before} → {after}"
        seen[name] += 1
        suffix = f" #{seen[name]}" if seen[name] > 1 else ""
        yield CodeMutant(name + suffix, mutation.kind, module, mutation.lines, site, mutation.at_import)


def mutated_source(mutant: CodeMutant) -> str:
    """The source of the mutant's module with the mutation in it."""
    tree, mutations = _mutations(mutant.module)
    mutation = mutations[mutant.site]
    changed = tree.deep_replace(mutation.original, mutation.changed)
    assert isinstance(changed, cst.Module)  # noqa: S101 - only the root of a tree is replaced by another type
    return changed.code


@cache
def _mutations(module: str) -> tuple[cst.Module, list[_Mutation]]:
    wrapper = MetadataWrapper(cst.parse_module((VENUE / module).read_text(encoding="utf-8")))
    sites = _Sites()
    wrapper.visit(sites)
    return wrapper.module, sites.found


def _code(node: cst.CSTNode) -> str:
    return " ".join(cst.Module([]).code_for_node(node).split())


def _difference(before: str, after: str) -> tuple[str, str]:
    """The parts of two texts that differ, with what stands around them.

    >>> _difference("a < b", "a <= b")
    ('a < b', 'a <= b')
    """
    same = next(
        (at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), None
    )
    start = min(len(before), len(after)) if same is None else same
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return _around(before, start, len(before) - end), _around(after, start, len(after) - end)


def _around(text: str, start: int, end: int) -> str:
    first, last = max(0, start - _CONTEXT), min(len(text), end + _CONTEXT)
    return f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}"
