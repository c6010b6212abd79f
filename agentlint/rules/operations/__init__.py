"""Rules on what a person can do and a token cannot."""
