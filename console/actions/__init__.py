"""What operators do: each step of it is an entry of the journal's chain of actions."""
