"""Galleries that move: archives of a whole gallery, and stores of vectors from elsewhere."""
