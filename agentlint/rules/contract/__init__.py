"""Rules on code and API description together: whether they speak of the same operations."""
