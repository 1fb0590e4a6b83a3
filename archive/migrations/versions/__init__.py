"""How the database came to its shape, one script per step. `archive.migrate` runs them."""
