"""Draining the retry queue: due rows are posted to their phases' processors, and what comes back decides what becomes of them."""
