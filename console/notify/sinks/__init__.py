"""The ways by which a notice leaves: each a small class behind one protocol."""
