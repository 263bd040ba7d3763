"""The past run through the watcher under a virtual clock: what would have been opened and told, under which thresholds."""
