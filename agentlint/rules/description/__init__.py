"""Rules on API descriptions."""
