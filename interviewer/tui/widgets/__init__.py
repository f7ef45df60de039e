"""Parts that several screens share. A widget knows values, not services."""
