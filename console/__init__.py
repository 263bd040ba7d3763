"""The shell around the checks: command line, settings and warehouse."""
