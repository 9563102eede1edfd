"""the gallery, and those who are not in it yet."""
