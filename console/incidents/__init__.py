"""Incidents as the journal keeps them, and the one way by which a run moves them on and people are told."""
