"""One file a screen. A screen turns messages into what is shown, and keys into messages."""
