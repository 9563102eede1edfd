"""The first start, signing in, one's own account, users, and the audit log."""
