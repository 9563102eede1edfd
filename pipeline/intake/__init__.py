"""Taking footage in: which files are meant, whether they are whole, how they are looked at, how far they are."""
