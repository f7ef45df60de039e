"""What was practised, kept and found again."""
