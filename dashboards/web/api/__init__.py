"""The API: what the pages can do, for programs. Its values are pydantic models, which describe themselves."""
