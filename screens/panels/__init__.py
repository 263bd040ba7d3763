"""Widgets that draw tables line by line."""
