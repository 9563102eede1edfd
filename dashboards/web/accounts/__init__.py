"""the first start, signing in, users, tokens, the audit log."""
