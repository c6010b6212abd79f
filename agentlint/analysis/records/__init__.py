"""What leaves a durable audit record, and which writes go past it."""
