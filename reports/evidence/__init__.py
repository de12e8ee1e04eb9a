"""What the records of a run say: an order's life, latencies, and no secret."""
