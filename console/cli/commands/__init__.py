"""One module per command: its options, and the way from desk to answer."""
