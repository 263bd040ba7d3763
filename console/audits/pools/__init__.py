"""Clients made outside of the pools: `source.client_pooling` and `source.http_pooling`."""
