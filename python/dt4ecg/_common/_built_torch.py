"""The release of torch that the extension was compiled against; CMake writes this file."""

VERSION = "2.13.0"
