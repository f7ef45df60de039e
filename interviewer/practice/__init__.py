"""Practice without a screen: which question comes next, what an answer is worth, when it comes again."""
