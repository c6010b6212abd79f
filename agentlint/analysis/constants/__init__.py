"""What expressions are when the code alone decides it."""
