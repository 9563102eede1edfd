"""The pages and the API: who was seen where, in a browser. What they show is made in the floors below."""
