"""What we keep: the domain, the database, rights and search. No HTTP, no model."""
