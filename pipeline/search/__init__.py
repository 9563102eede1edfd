"""Searching by face: every sighting that looks like one face, over all time."""
