"""Live: cameras with those in view, sightings as they happen, and which cameras there are."""
