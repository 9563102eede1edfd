"""The demonstration: a short clip of real faces with its gallery and its truth, composed on the user's machine."""
