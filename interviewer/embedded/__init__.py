"""The embedded judge: no LLM, no network. It says so on every grade."""
