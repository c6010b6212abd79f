"""Rules on calls of language models: what bounds them, and what is kept of them."""
