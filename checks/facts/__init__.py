"""What is asked of the warehouse: one module per fact with its row type, and its GoogleSQL in a `.sql` file beside it."""
