"""Tianchi 2018: containers with curves of a day, placed so that hosts are few and evenly loaded."""
