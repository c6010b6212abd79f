"""Which places of the code decide over something consequential, and whether each leaves a record."""
