"""Small files in the formats of recorders, for tests and for the fuzz test."""
