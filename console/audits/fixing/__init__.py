"""What `--fix` rewrites, and what it leaves."""
