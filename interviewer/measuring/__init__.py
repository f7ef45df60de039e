"""How far a judge can be trusted: its grades beside those of people, on answers that people have graded."""
