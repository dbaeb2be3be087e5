"""A question to ranked measures, and how sure."""
