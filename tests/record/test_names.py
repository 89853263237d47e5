from netware.record.names import NAMES, keep_names


def test_each_agent_with_a_name_has_a_row(tmp_path):
    keep_names(tmp_path, {"people": ["Ann, Lee", None, "Zoë"], "rest": None})
    text = (tmp_path / NAMES).read_text("utf-8")
    assert text == 'population,id,name\npeople,0,"Ann, Lee"\npeople,2,Zoë\n'


def test_without_names_there_is_no_file(tmp_path):
    keep_names(tmp_path, {"people": None})
    assert not (tmp_path / NAMES).exists()
