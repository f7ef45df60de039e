"""The practice app in a browser: the server, who may reach it, and the app's end of the wire."""
