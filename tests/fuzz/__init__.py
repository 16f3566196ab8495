"""Read damaged files: a typed error or a correct result, within bounds of time and memory.

``python -m tests.fuzz --help`` lists the formats. A new format needs an entry in ``formats.py``.
"""
