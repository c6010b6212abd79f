"""Whole-program passes, one fact each."""
