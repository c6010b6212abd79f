"""The nouns that cross every room: frozen, typed values and closed vocabularies."""
