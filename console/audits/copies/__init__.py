"""Copies of the shared code: `source.shared_drift` and `--sync`."""
