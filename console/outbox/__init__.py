"""Rows on their way to warehouse tables: kept in the journal, delivered in batches, each once."""
