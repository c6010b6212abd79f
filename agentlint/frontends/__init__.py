"""Language frontends: each turns the sources of one language into the neutral tree and stops there; none sees another."""
