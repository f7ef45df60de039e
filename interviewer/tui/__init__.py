"""The interview in the terminal: an app, its screens and widgets. No grading happens here."""
