"""Rivals on the same instance in the same run, each as its makers ship it."""
