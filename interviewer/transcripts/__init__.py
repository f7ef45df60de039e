"""Recorded interviews: who asked what, matched to the bank, and what was answered."""
