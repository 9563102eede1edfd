"""who was there when, and what the cameras can vouch for."""
