"""The torch of the build."""

VERSION = "2.13.0"
