"""Short questions and previews that stand over a screen."""
