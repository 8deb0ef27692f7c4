"""A month of a large fleet: faults, an outage, releases, scaling."""
