"""The one value that marks an unknown label in memory."""

UNKNOWN = -1
"""Marks an unknown label, both among class indices and among label names.

Class indices are the columns of ``SegmentSet.y``; label names are ``SegmentSet.labels``, an object
array of strings in which unknown labels are this integer. The C++ core uses the same value.
"""
