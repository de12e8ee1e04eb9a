"""Field mutants: each field that the venue writes, changed in seven ways wherever a view shows it."""
