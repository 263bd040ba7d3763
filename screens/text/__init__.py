"""Layouts: pure functions from values to lines of a given width."""
