"""Text files as recorders and programs write them.

``encoding`` opens a file, and ``layout`` finds its delimiter and decimal mark. ``body`` finds the
first line of samples. ``header`` and ``dialects`` read the lines above it, and ``table`` reads the
samples. Recordings and manifests share these modules.
"""
