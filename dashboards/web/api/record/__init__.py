"""The record over the API: people, unknown people, sightings, the timeline."""
