"""From an order to a plan: what is read, what is judged, and what would be done."""
