"""Checklist item 1: the symbol is listed with the agreed filters."""
