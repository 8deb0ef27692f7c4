"""Why a plan looks as it does: see README.md."""
