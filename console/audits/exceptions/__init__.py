"""Handlers that lose an error: `source.silent_exceptions` and its rule about refused permissions."""
