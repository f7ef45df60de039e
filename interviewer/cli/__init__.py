"""The command line: one file for each group of commands. A command parses, calls and prints."""
