"""The overview of the county board: each municipality year by year, wishes, help, and what the archive has to tell."""
