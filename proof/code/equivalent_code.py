"""The code mutants that no check can or may kill, each with its reason."""

from collections.abc import Mapping

EQUIVALENT: Mapping[str, str] = {}
"""Name of a mutant -> why the venue answers within the documents all the same.

These mutants do not count in the share, unless one is killed all the same.
"""
