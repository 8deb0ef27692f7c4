"""Re-placement: the machine reassignment of the ROADEF/EURO challenge 2012."""
