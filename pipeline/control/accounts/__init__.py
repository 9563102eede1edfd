"""Who may use the pages: users, their sessions, tokens of programs, one-time links, and tries to sign in."""
