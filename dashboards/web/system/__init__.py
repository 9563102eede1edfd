"""The system page: is all well, what is being done, what went wrong, and what to do about it."""
