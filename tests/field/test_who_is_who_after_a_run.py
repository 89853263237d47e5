"""After a run one can tell which agent has which name."""

import networkx
import pandas as pd

import netware


CASE = "17-who-is-who-after-a-run"


def test_names_are_in_the_run_folder_the_graph_and_the_agents(case, tmp_path) -> None:
    path = case(CASE)
    run = netware.run(path, out=tmp_path / "runs")
    table = pd.read_csv(run.path / "names.csv")
    assert table.values.tolist() == [
        ["people", 0, "cid"],
        ["people", 1, "ann"],
        ["people", 2, "bob"],
    ]
    assert run.names["name"].tolist() == ["cid", "ann", "bob"]
    graph = networkx.read_graphml(run.path / "relations.graphml")
    assert [graph.nodes[f"people.{id}"]["label"] for id in range(3)] == ["cid", "ann", "bob"]
    model = netware.NetwareModel(path)
    assert [agent.name for agent in model.agents] == ["cid", "ann", "bob"]


def test_numbers_need_no_table(case, tmp_path) -> None:
    path = case(CASE, {"ties.csv": b"2,0,1\n0,1,2\n"})
    run = netware.run(path, out=tmp_path / "runs")
    assert not (run.path / "names.csv").exists() and run.names.empty
    assert [agent.name for agent in netware.NetwareModel(path).agents] == [None] * 3
