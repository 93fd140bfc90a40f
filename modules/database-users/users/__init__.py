"""Makes the users of a database, keeps them as the config says, and rotates their passwords."""
