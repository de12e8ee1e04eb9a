"""Checklist item 3: PostOnly orders add liquidity and never take it."""
