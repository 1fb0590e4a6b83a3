"""Search over everything that was said. The index is a cache: text and rights come from the database."""
