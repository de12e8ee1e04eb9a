"""Mutants of the venue's code: mutmut's operators on every expression, judged by the checks."""
