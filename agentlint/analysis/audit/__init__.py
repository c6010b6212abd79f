"""The walk along every path that asks each effect for its record."""
