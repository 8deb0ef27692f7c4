"""Bounds by column generation over host patterns: see README.md."""

from planner.bounds.columns.bounding import columns_bound
from planner.bounds.columns.generation import Columns, Generation, generate, pattern_of
from planner.bounds.columns.restricted import Pattern

__all__ = ["Columns", "Generation", "Pattern", "columns_bound", "generate", "pattern_of"]
