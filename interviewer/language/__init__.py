"""Reading English answers without a model: words, sentences, numbers, polarity."""
