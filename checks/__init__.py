"""What is wrong: facts, checks and their verdict, without I/O; importable by the pipeline itself."""
