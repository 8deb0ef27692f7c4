from planner.verify.plan import verify

__all__ = ["verify"]
