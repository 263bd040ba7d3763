"""May the next phase start for a date? Asking, and keeping what was answered."""
