"""Who may call an operation, and whether it deals with the caller alone."""
