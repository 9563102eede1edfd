"""cameras, and sightings as they happen."""
