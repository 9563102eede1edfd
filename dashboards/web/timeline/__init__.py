"""people by time, and the evidence of each sighting."""
