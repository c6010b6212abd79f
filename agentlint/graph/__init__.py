"""The capability graph: build, match, reach, export."""
