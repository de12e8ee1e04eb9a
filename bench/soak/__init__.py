"""Runs mixed clients against the venue for an hour: its laws must hold and its memory must stay steady."""
