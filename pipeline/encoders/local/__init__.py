"""What a data folder has of models: their files, the terms agreed to, what was measured of them."""
