"""Readers: one module for each format, with a function ``read(path) -> FileContents``."""
