"""Training on a folder of people: an encoder's last layers, closed-set classifiers, the Siamese verifier."""
