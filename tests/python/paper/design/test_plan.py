"""The plan of a run."""

import pytest

from dt4ecg.paper import plan


def test_unknown_names_and_numbers_are_errors():
    with pytest.raises(ValueError, match="unknown preset 'slow'; choose one of paper, quick"):
        plan(preset="slow")
    with pytest.raises(ValueError, match="unknown network 'vgg'; choose from lstm"):
        plan(preset="quick", networks=["vgg"])
    for name in ("seeds", "epochs", "subjects"):
        with pytest.raises(ValueError, match=f"{name} must be at least 1, got 0"):
            plan(preset="quick", **{name: 0})


def test_the_options_replace_the_preset():
    preset = plan(preset="quick")
    assert (preset.seeds, preset.epochs, preset.short_epochs) == ((0, 1), 2, 1)
    assert (preset.source.subjects, preset.source.seconds) == (3, 18.0)
    chosen = plan(preset="quick", seeds=1, epochs=1, subjects=2, networks=["dt4ecg", "mlp"])
    assert (chosen.seeds, chosen.epochs, chosen.short_epochs) == ((0,), 1, 1)
    assert chosen.source.subjects == 2
    assert chosen.networks == ("mlp", "dt4ecg")  # in the order of the paper
    assert chosen.source.sha256 != preset.source.sha256
