"""The deployment checklist: its steps as data, who answered what, and when a deployment is complete."""
