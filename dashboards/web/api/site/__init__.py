"""The site over the API: oneself, users, the audit log, attendance, how the system is doing."""
