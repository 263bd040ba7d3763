"""The command line: one module per command in `commands`, what all of them share beside it, their layouts in `text`."""
