"""a + b steps are a steps, saved, resumed in a world built again, and b steps: bit for bit."""

from tests.laws import worlds
from tests.laws.cases import blocks, hold


@blocks("a saved and resumed run goes on")
def test_a_run_that_was_saved_and_resumed_is_the_run_without_a_stop(block):
    def law(seed, data):
        steps = data["steps"]
        through = worlds.built(data)
        checkpoints = [worlds.saved(worlds.after(through, 1 if a else 0)) for a in range(steps)]
        expected = worlds.everything(worlds.after(through, 1))
        for checkpoint in checkpoints:
            model = worlds.resumed(data, checkpoint)
            found = worlds.everything(worlds.after(model, steps - checkpoint[0]))
            assert worlds.differing(found, expected) == [], f"resumed at step {checkpoint[0]}"

    hold(law, block)


@blocks("what is resumed is what was saved")
def test_a_world_that_was_resumed_is_the_world_that_was_saved(block):
    def law(seed, data):
        model = worlds.after(worlds.built(data), data["steps"] // 2)
        again = worlds.renewed(worlds.resumed(data, worlds.saved(model)))
        found, expected = worlds.everything(again), worlds.everything(worlds.renewed(model))
        assert worlds.differing(found, expected) == []

    hold(law, block)
