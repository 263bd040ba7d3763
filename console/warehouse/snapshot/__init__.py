"""A part of the warehouse copied into one embedded file, to be examined without the warehouse."""
