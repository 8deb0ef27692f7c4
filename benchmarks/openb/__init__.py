"""A GPU cluster's trace: the fewest, or the cheapest, hosts that hold all its pods."""
