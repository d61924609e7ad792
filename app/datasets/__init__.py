"""Data to learn from: drawn, published, or the user's own."""
