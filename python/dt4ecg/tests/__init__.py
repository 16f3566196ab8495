"""Checks of an installation: ``pytest --pyargs dt4ecg``."""
