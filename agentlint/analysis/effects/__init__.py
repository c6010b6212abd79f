"""What functions do to the world, at lines of their own and through everything they call."""
