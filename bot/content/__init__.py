"""What staff write, as typed immutable values; reading and cross-checking the YAML."""
