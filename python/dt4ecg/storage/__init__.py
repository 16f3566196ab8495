"""Model files and checkpoints: their container, their content, and the lock of a run folder.

``docs/model-file.md`` documents the format for other programs.
"""
