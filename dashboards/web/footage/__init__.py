"""submit it, follow it, stop it and go on."""
