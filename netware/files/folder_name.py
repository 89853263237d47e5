"""Which names a folder may have, so that it can be copied to any system."""

import re


PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def can_be_folder(name: str) -> bool:
    """Tells whether a folder on every system can have this name."""
    plain = re.fullmatch(PATTERN[1:-1], name) and not name.endswith(".")
    return bool(plain) and not RESERVED.fullmatch(name)
