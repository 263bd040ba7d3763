"""Saves games' rows for the pipeline's processors, in spite of streaming buffers that are in the way."""
