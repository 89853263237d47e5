from netware.record.names import NAMES, keep_names, kept_names


def test_each_agent_with_a_name_has_a_row(tmp_path):
    keep_names(tmp_path, {"people": ["Ann, Lee", None, "Zoë"], "rest": None})
    text = (tmp_path / NAMES).read_text("utf-8")
    assert text == 'population,id,name\npeople,0,"Ann, Lee"\npeople,2,Zoë\n'


def test_without_names_there_is_no_file(tmp_path):
    keep_names(tmp_path, {"people": None})
    assert not (tmp_path / NAMES).exists() and kept_names(tmp_path).empty


def test_names_come_back_as_they_are(tmp_path):
    keep_names(tmp_path, {"people": ["NA", "007", "null", "Ann, Lee"]})
    table = kept_names(tmp_path)
    assert table["name"].tolist() == ["NA", "007", "null", "Ann, Lee"]
    assert table["id"].tolist() == [0, 1, 2, 3]
