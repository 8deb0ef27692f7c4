"""Advice on scenarios that are legal but unwise: see README.md."""

from planner.lint.advice import Advice
from planner.lint.ground import Path
from planner.lint.lint import LINTS, lint

__all__ = ["LINTS", "Advice", "Path", "lint"]
