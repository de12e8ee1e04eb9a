"""The words that the suite has given up stay out of its code and its texts."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reports.verdict.requirements import newest

ROOT = Path(__file__).parents[1]
CHANGELOG = "CHANGELOG.md"
KEPT_AS_WRITTEN = re.compile(
    rf"{CHANGELOG}|requirements\.lock|docs/kill-matrix\.json|(.*/)?package-lock\.json|(.*/)?captures/.*"
)
"""Files that explain the old words, were recorded, or are written by a program."""
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
"""One word of prose, of a snake_case name or of a camelCase name."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The table of old words.

    old: the words, in lower case
    exempt: matches a phrase in which an old word may still stand, however its words are joined
    """

    old: frozenset[str]
    exempt: re.Pattern[str]


def vocabulary() -> Vocabulary:
    """Read the table under the heading "Words" of the changelog: old words, new ones, phrases that stay."""
    text = (ROOT / CHANGELOG).read_text(encoding="utf-8")
    (section,) = re.findall(r"^#+ Words\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    lines = re.findall(r"^\|(.*)\|$", section, re.MULTILINE)
    rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    _heading, _rule, *entries = rows
    phrases = [phrase for _, _, exempt in entries for phrase in _listed(exempt)]
    joined = (r"[\s_-]*".join(WORD.findall(phrase)) for phrase in phrases)
    return Vocabulary(
        frozenset(word.lower() for old, _, _ in entries for word in _listed(old)),
        re.compile(rf"(?<![A-Za-z])(?:{'|'.join(joined)})(?![A-Za-z])", re.IGNORECASE),
    )


def _listed(cell: str) -> list[str]:
    return [word.strip(" `") for word in cell.split(",") if word.strip()]


def occurrences(text: str, words: Vocabulary) -> Iterator[tuple[int, str]]:
    """Line number and old word of each place where a text uses one outside an exempt phrase."""
    # The phrases are blanked at their full length, line ends kept, so that the line numbers stay right.
    left = words.exempt.sub(lambda phrase: re.sub(r"\S", " ", phrase[0]), text)
    for found in WORD.finditer(left):
        if found[0].lower() in words.old:
            yield left.count("\n", 0, found.start()) + 1, found[0]


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Path and content of each tracked text file that follows the vocabulary."""
    command = ["git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    older = set((ROOT / "checks").glob("requirements-*.yaml")) - {newest(ROOT / "checks")}
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if KEPT_AS_WRITTEN.fullmatch(name) or path in older or not path.is_file():
            continue
        content = path.read_bytes()
        if b"\0" not in content:
            yield name, content.decode()


def test_a_word_is_found_in_prose_and_in_identifiers() -> None:
    """A word counts in any case and style of identifier, but not inside another word or a phrase."""
    words = Vocabulary(frozenset({"old"}), re.compile("old town", re.IGNORECASE))

    text = "Old, an_old_name\nolder OldName HTTPOld\nnameOLD old town bold\nMAX_OLD\n"

    assert list(occurrences(text, words)) == [
        *((1, "Old"), (1, "old")),
        *((2, "Old"), (2, "Old")),
        (3, "OLD"),
        (4, "OLD"),
    ]


def test_no_old_word_is_used() -> None:
    """No tracked text but the changelog and the recorded files uses a word of the changelog's table."""
    words = vocabulary()

    found = [
        f"{path}:{line} {word}" for path, text in tracked_texts() for line, word in occurrences(text, words)
    ]
    assert not found, "\n".join([f"{len(found)} old words:", *found])
