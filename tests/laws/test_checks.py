"""What is refused is refused by `check`, in words of ours; what it passes runs to the end."""

from tests.laws import worlds
from tests.laws.cases import blocks, hold, told
from tests.laws.scenarios import composed, refusal, tidy


def passed(seed: int):
    """Returns the scenario of a seed as `check` passes it, whether it can be measured or not."""
    try:
        return refusal(seed)[0]
    except Exception:
        return None  # told by the law below


@blocks("refused in words of ours")
def test_check_refuses_with_an_error_that_says_what_to_do(block):
    for seed in block or ():
        try:
            refusal(seed)
        except Exception as error:
            raise told(error, seed, tidy(composed(seed).data)) from None


@blocks("what check passes runs")
def test_what_check_passes_runs_and_can_be_measured(block):
    def law(seed, data):
        model = worlds.built(data)
        worlds.readings(model)
        for _ in range(data["steps"]):
            model.step()
            worlds.readings(model)

    hold(law, block, passed)
