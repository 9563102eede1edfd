"""How browsers call themselves, in words that people know. Pure."""

from __future__ import annotations

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Safari/", "Safari"),
)
"""What stands in a browser's name, the more special first: most say that they are others, too."""
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_words(agent: str) -> str:
    """`Firefox on Linux`; what is unknown is left out."""
    browser = next((word for sign, word in BROWSERS if sign in agent), "A browser")
    system = next((word for sign, word in SYSTEMS if sign in agent), "")
    return f"{browser} on {system}" if system else browser
