"""What values are, inferred over the whole program on demand."""
