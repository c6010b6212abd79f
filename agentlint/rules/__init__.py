"""What agentlint looks for: one file per rule, in folders by category."""
