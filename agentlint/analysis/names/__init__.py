"""What dotted names mean: scopes, imports, source roots, and classes that code asks for by text."""
