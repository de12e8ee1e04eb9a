"""Checklist item 2: the key may trade, and nobody else may."""
