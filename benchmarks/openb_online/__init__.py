"""The published GPU placement experiment, run again: pods arrive one by one, and never leave."""
