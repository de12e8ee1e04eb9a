"""Section 6: the messages of the whole run agree with each other."""
