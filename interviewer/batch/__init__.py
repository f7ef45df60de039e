"""Grading at volume: many answers at once, kept as they are finished, taken up again after a stop."""
