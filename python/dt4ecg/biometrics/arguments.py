"""Checks of arguments that several classes take."""

from __future__ import annotations

from dt4ecg.signal.preprocessor import Preprocessor


def require_preprocessor(operation: str, preprocessor: object) -> None:
    """Raise TypeError unless the argument is a preprocessor or None.

    Examples
    --------
    >>> from dt4ecg.biometrics.arguments import require_preprocessor
    >>> require_preprocessor("Verifier", None)
    """
    if preprocessor is not None and not isinstance(preprocessor, Preprocessor):
        raise TypeError(
            f"{operation}: preprocessor must be a dt4ecg.Preprocessor or None, got {preprocessor!r}"
        )
