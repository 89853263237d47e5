"""What `check` writes out, every default filled in, is the scenario that is run."""

from tests.laws import worlds
from tests.laws.cases import blocks, hold


@blocks("check prints the scenario that is run")
def test_the_scenario_as_check_writes_it_out_is_the_same_run(block):
    def law(seed, data):
        model = worlds.built(data)
        again = worlds.reparsed(model)
        one, other = (worlds.everything(worlds.after(m, data["steps"])) for m in (model, again))
        assert worlds.differing(one, other) == []

    hold(law, block)
