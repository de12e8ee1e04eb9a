"""The checks as cards, written from their docstrings."""
