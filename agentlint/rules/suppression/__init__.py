"""Rules on suppressions themselves."""
