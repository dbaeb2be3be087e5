"""Session and message to decision and session."""
