"""Practice without a screen."""
