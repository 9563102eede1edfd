"""Questions about faces over the API: who is it, and where was it."""
