"""Where messages come from and replies go; channels only translate."""
