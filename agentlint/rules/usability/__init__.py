"""Rules on what a language model is told of an operation."""
