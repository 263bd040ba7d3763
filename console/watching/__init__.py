"""The watcher: runs the checks without a person, moves incidents on, has people told, and leaves signs of its own life."""
