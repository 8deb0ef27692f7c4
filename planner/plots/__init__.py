"""Pictures of plans: results go in, figures come out; nothing about placement is computed here."""
