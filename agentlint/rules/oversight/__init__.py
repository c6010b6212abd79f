"""Rules on what models and agents do without a person."""
