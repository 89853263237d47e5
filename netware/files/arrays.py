"""Arrays: files of NumPy and SciPy, whatever goes wrong in them said as one refusal."""

import struct
import tokenize
import warnings
import zipfile
import zlib
from collections.abc import Callable
from typing import BinaryIO, TypeVar

from netware.files.origin import Origin


BROKEN = (
    ValueError,
    OSError,
    TypeError,
    ArithmeticError,
    LookupError,
    AttributeError,
    MemoryError,
    EOFError,
    RuntimeError,
    SyntaxError,
    struct.error,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What NumPy and SciPy raise for a file that is not what its ending says."""

Found = TypeVar("Found")


def from_binary(origin: Origin, read: Callable[[BinaryIO], Found], what: str) -> Found:
    """Returns what a reader of NumPy or SciPy finds in a file, or refuses the file.

    Args:
        origin: The file.
        read: Takes the open file and returns what it holds.
        what: What the file should hold, in words.
    """
    origin.version()
    try:
        with origin.path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read(file)
    except BROKEN as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise origin.refused(
            f"cannot be read: {reason[:100]}", what, "write the file once more"
        ) from None
