"""What the user gave us: files and their roles, ignore rules, settings."""
