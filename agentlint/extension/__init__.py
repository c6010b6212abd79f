"""The door for plugins: found by entry point, loaded, accepted; built-ins enter here too."""
