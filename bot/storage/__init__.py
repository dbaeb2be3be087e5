"""Where conversations survive: sessions, what came in, what is to go out. SQLite by default, PostgreSQL for several workers."""
