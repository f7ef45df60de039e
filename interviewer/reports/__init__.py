"""One file for each format that a session is exported to."""
