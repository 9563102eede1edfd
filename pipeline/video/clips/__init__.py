"""Short clips of footage as evidence: the moments around a sighting, with the face marked."""
