"""What can be said about a tape."""
