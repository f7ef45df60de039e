"""Mock interviews in the terminal, graded so that the grade can be checked."""

__version__ = "0.1.0"
