"""How many events a second the simulator plays: arrivals, departures, faults."""
