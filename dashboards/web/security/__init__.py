"""Who may enter: passwords, sessions, tokens, and what every request has to show."""
