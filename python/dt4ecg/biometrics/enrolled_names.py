"""Checks of the names of people."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from dt4ecg._common.wording import counted
from dt4ecg.biometrics.errors import NotEnrolledError
from dt4ecg.biometrics.templates import Templates

LONGEST_NAME = 1000  # characters
_MOST_LISTED = 5  # names in an error
_MOST_COMPARED = 10_000  # names; to compare more of them takes seconds


def require_legal_name(name: object) -> None:
    """Raise ValueError unless a person can have this name.

    Examples
    --------
    >>> from dt4ecg.biometrics.enrolled_names import require_legal_name
    >>> require_legal_name("Anna")
    """
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f"enroll: a name must be a text that is not empty, got {name!r}")
    if len(name) > LONGEST_NAME:
        raise ValueError(
            f"enroll: a name must have at most {LONGEST_NAME} characters, got {len(name)}; "
            "choose a shorter one"
        )


def require_enrolled(operation: str, name: object, templates: Templates) -> None:
    """Raise NotEnrolledError, with similar names, unless a name has a template.

    Examples
    --------
    >>> from dt4ecg.biometrics.enrolled_names import require_enrolled
    >>> from dt4ecg.biometrics.templates import Templates
    >>> require_enrolled("dismiss", "Anna", Templates())
    Traceback (most recent call last):
    ...
    dt4ecg.biometrics.errors.NotEnrolledError: dismiss: 'Anna' is not among the 0 enrolled names;
    enroll someone first
    """
    if not isinstance(name, str) or name not in templates:
        raise NotEnrolledError(
            f"{operation}: {name!r} is not among the {counted(len(templates), 'enrolled name')}; "
            + _names_like(name, templates.names)
        )


def _names_like(name: object, names: Sequence[str]) -> str:
    """Return which names an error proposes instead of an unknown one."""
    if not names:
        return "enroll someone first"
    similar = difflib.get_close_matches(str(name)[:LONGEST_NAME], names[:_MOST_COMPARED], n=3)
    if similar:
        return f"similar names are {', '.join(map(repr, similar))}"
    if len(names) <= _MOST_LISTED:
        return f"the names are {', '.join(map(repr, names))}"
    return "no name is similar; the attribute names of the gallery lists all"
