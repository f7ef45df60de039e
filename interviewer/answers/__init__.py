"""Answers as people hand them in: read from files, each with its question and rubric."""
