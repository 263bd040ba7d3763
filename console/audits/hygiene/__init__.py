"""Checks that cannot fail: `source.check_hygiene`."""
