"""An edge of a GEXF file without a weight weighs 1, whatever the others weigh."""

CASE = "04-gexf-weight-left-out"


def test_the_weight_that_is_left_out_is_1(opinions) -> None:
    assert opinions(CASE) == [0.1, 1.7, 1.2]
