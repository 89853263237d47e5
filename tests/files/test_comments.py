from pathlib import Path

import pytest

from netware.errors import ScenarioError
from netware.files.comments import without_comments
from netware.files.origin import Origin


ORIGIN = Origin(Path("list.csv"), "here")


def test_what_comments_at_the_beginning_say_is_kept_and_lines_keep_their_numbers():
    text = b"# one\n\n% two\na,b\n  # three\nc,d#e\n"
    found = without_comments(text, ORIGIN)
    assert found == (b"a,b\n\nc,d#e\n", ("# one", "% two"), 3)


@pytest.mark.parametrize("text", [b"a,b\n#c,d\n", b"a b\nc d\n%e f\n", b"a\tb\n#c\td\n"])
def test_a_line_that_could_be_a_row_is_refused(text):
    with pytest.raises(ScenarioError, match=r"list\.csv:\d: '.*' begins like a comment"):
        without_comments(text, ORIGIN)


@pytest.mark.parametrize("text", [b"a,b\n#c\n", b"a,b\n# c, d\n", b"a,b\n## c,d\n"])
def test_a_line_that_could_not_is_a_comment(text):
    assert without_comments(text, ORIGIN)[0] == b"a,b\n\n"
