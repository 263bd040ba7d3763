"""Where facts come from: one protocol, an embedded implementation on DuckDB, and the tables it needs."""
