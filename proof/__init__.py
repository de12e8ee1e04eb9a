"""The proof that every check can fail: which defect of the venue each check catches."""
