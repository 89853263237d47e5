"""A cluster of just the share that counts is counted, in every precision."""

from pathlib import Path

import pytest

from netware import NetwareModel


CASE = Path(__file__).parent / "cases/14-share-rounds-up/scenario.yaml"


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize(("share", "clusters"), [(0.07, 2), (0.0699, 2), (0.0701, 1), (0.93, 1)])
def test_seven_of_a_hundred_are_seven_percent(precision: str, share: float, clusters: int) -> None:
    model = NetwareModel(CASE, [f"probes.o.share={share}", f"precision={precision}"])
    assert model.reading("o", "clusters") == clusters


def test_a_share_of_nothing_counts_clusters_that_there_are() -> None:
    assert NetwareModel(CASE, ["probes.o.share=0"]).reading("o", "clusters") == 2
