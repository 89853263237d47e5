"""The number of a row is no input, and a cell without a number is refused by its line."""

import pytest

import netware
from netware.errors import ScenarioError


CASE = "27-table-with-an-index-column"
INPUTS = "populations.nets.model.inputs=2"


@pytest.mark.parametrize(
    "text",
    [
        ",a,b,y\n0,1,2,3\n1,4,5,6\n2,7,8,9\n",
        '"",a,b,y\n"1",1,2,3\n"2",4,5,6\n"3",7,8,9\n',
        "a,b,y\n0,1,2,3\n1,4,5,6\n2,7,8,9\n",
        ";a;b;y\nann;1,0;2;3\nbob;4,0;5;6\ncid;7,0;8;9\n",
    ],
)
def test_names_and_numbers_of_rows_are_left_out(case, text) -> None:
    model = netware.NetwareModel(case(CASE, {"table.csv": text.encode()}), [INPUTS])
    data = model.world.examples["table"]
    seen = [*data.train.inputs[0].tolist(), *data.test.inputs[0].tolist()]
    assert sorted(seen) == [[1, 2], [4, 5], [7, 8]]


@pytest.mark.parametrize("cell", ["nan", "", "inf", "near", "1.234,5"])
def test_a_cell_that_is_no_number_is_refused_by_its_line(case, cell) -> None:
    text = f"a,b,y\n1,2,3\n\n4,{cell},6\n7,8,9\n".replace(",", ";").replace("1.234;5", "1.234,5")
    with pytest.raises(ScenarioError) as error:
        netware.NetwareModel(case(CASE, {"table.csv": text.encode()}), [INPUTS])
    message = str(error.value)
    assert f"table.csv:4: '{cell}' in 'b'" in message
    assert "scenario.yaml:8:" in message and "tasks.table.path" in message


def test_a_column_without_a_name_that_is_no_index_is_refused(case) -> None:
    text = b",a,b,y\n3,1,2,3\n9,4,5,6\n4,7,8,9\n"
    with pytest.raises(ScenarioError, match="column 1 has no name"):
        netware.NetwareModel(case(CASE, {"table.csv": text}), [INPUTS])
