"""Search by face: a picture goes in, and every sighting of that face comes out, known or not."""
