"""Files in the form in which the motion set is published."""

from datetime import datetime, timedelta


def record_text(counts, rate=497.5, lost=()):
    """Return the text of a CSV file; ``lost`` maps samples to the seconds lost before them."""
    time, lines = datetime(2024, 1, 1, 12), []
    for i, count in enumerate(counts):
        time += timedelta(seconds=dict(lost).get(i, 0.0))
        lines.append(f"{time + timedelta(seconds=i / rate)} ; {count}\n")
    return "".join(lines)
