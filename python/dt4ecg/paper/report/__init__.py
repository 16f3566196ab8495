"""Reports over computed cells."""
