"""An hour of mixed clients against the venue: whether its laws hold, and whether its memory stays."""
