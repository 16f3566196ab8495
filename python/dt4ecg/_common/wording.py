"""Put numbers into sentences."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun, which is in the plural unless the number is 1.

    ``plural`` is the noun with an s by default.

    Examples
    --------
    >>> counted(1, "epoch"), counted(2, "epoch"), counted(0, "class", "classes")
    ('1 epoch', '2 epochs', '0 classes')
    """
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
