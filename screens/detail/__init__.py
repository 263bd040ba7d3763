"""What Enter opens: one screen per kind of target, each a single panel with a view of its own."""
