"""The proof that every check can fail: each check is run on defects that it must catch, and on mutants."""
