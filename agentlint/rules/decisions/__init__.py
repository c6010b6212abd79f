"""Rules on decisions and the records that should explain them."""
