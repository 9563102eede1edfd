"""Looking at faces as they are found: names that stay with their faces, and pictures with both drawn in."""
