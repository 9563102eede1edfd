"""Who is it? A picture against one person, or against all."""
