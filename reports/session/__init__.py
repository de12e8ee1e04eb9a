"""What pytest sees of a run, recorded and shown while it runs."""
