"""From facts to tables: pure, one module per panel, at any width."""
