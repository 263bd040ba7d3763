"""The production warehouse: the pipeline's tables in BigQuery, asked in bounded time and for bounded money."""
