"""The names of leads in electrocardiography, and the words that recorders add to them."""

from __future__ import annotations

import re

SURFACE = r"(?:i{1,3}|av[rlf]|v[1-9]r?|v[xyz])"  # patterns of lower-case names
MODIFIED = r"(?:ml(?:ii|2|iii)|mcl\d)"
_LEAD = re.compile(f"{SURFACE}|{MODIFIED}")
_ADDED = ("ecg", "ecgbit", "ekg", "lead", "channel", "raw")


def standard_name(name: str) -> str:
    """Return the word of a name that is the name of a lead, in lower case; empty without one.

    Examples
    --------
    >>> from dt4ecg.io.lead_names import standard_name
    >>> standard_name("ECG lead II"), standard_name("chest")
    ('ii', '')
    """
    return next((word for word in _words(name) if _LEAD.fullmatch(word)), "")


def short_name(name: str) -> str:
    """Return a name in lower case without the words that recorders add.

    Examples
    --------
    >>> from dt4ecg.io.lead_names import short_name
    >>> short_name("ECG Lead II"), short_name("chest (raw)")
    ('ii', 'chest')
    """
    return " ".join(word for word in _words(name) if word not in _ADDED)


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", name.strip().casefold()) if word]
