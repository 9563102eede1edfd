"""every sighting of one face."""
