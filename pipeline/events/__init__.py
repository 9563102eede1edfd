"""Events: what systems outside are told of sightings, while they happen."""
