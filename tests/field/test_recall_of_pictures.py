"""Overlap is 1 for what is recalled and less for what is not, whatever numbers patterns have."""

import netware


CASE = "23-recall-of-pictures"


def test_what_is_recalled_counts_as_recalled_and_a_blur_does_not(case, tmp_path) -> None:
    run = netware.run(case(CASE), out=tmp_path / "runs")
    last = run.metrics[run.metrics["step"] == 3]
    keys = zip(last["probe"], last["quantity"], strict=True)
    value = dict(zip(keys, last["value"].astype(float), strict=True))
    assert value["sharp", "recalled"] == 1 and value["blurred", "recalled"] == 0
    assert abs(value["sharp", "mean"] - 1) < 1e-5 and value["blurred", "best"] < 0.9
