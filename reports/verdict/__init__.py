"""From the data of a case to the verdict of the run; pure functions."""
