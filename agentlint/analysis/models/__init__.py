"""Calls of language models and other learned models, and where their answers go."""
