"""How an answer becomes a grade: the part that this project exists for."""
