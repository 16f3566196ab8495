"""The defaults are the settings of the paper (section IV-B), and legal values are listed once."""

import subprocess
import sys

import pytest
from support.toy import network

import dt4ecg
from dt4ecg import _core
from dt4ecg.training import options, recipes
from dt4ecg.training.objectives import CrossEntropy


def test_the_trainer_has_the_settings_of_the_paper():
    trainer = dt4ecg.Trainer(network())
    assert (trainer.epochs, trainer.batch_size, trainer.learning_rate) == (50, 16, 0.001)
    assert (trainer.schedule, trainer.label_smoothing) == ("constant", 0)
    assert trainer.objective == CrossEntropy(label_smoothing=0)
    assert (trainer.norm_scope, trainer.precision) == ("shared", "float32")
    assert (trainer.seed, trainer.n_threads, trainer.verbose) == (0, None, 0)
    assert trainer.device.type == "cpu"
    assert type(trainer.weighting) is dt4ecg.weighting.Equal


def test_the_classifier_has_the_settings_of_the_paper():
    assert dt4ecg.DT4ECGClassifier().get_params() == {
        "attention": "sca",
        "backbone": "resnet",
        "deconfounding": None,
        "batch_size": 16,
        "device": "cpu",
        "epochs": 50,
        "learning_rate": 0.001,
        "missing_label": -1,
        "n_threads": None,
        "norm_scope": "shared",
        "precision": "float32",
        "preprocessor": None,
        "init": None,
        "random_state": 0,
        "settings": None,
        "recipe": "paper",
        "tasks": ("identity", "activity"),
        "verbose": 0,
        "weighting": "none",
    }


def test_the_recipes():
    assert recipes.DEFAULT == "paper"
    assert {
        name: (recipe.standardize, recipe.schedule, recipe.label_smoothing)
        for name, recipe in recipes.RECIPES.items()
    } == {
        "paper": (False, "constant", 0.0),
        "strong": (True, "cosine", 0.1),
        "robust": (True, "cosine", 0.1),
        "guided": (True, "cosine", 0.1),
    }
    robust = recipes.RECIPES["robust"]
    assert (robust.exchange, robust.overlap, robust.streamable) == ("activity", 2 / 3, True)


@pytest.mark.parametrize("name", ["weak", None, ["paper"], 3])
def test_an_unknown_recipe_is_refused(name):
    with pytest.raises(
        ValueError, match="recipe: must be one of paper, strong, robust, guided, got"
    ):
        recipes.recipe(name)


def test_a_recipe_must_belong_to_the_network():
    recipes.require_recipe_of({"standardize": True}, "strong")
    recipes.require_recipe_of({}, "paper")
    with pytest.raises(ValueError, match=r"builds another network .* standardize=False"):
        recipes.require_recipe_of({}, "strong")


def test_legal_names_are_those_of_the_core():
    assert set(options.NORM_SCOPES) == set(_core.train.NormScope.__members__)
    assert set(options.SCHEDULES) == set(_core.train.Schedule.__members__)


def test_options_and_recipes_do_not_load_the_trainer():
    code = (
        "import sys, dt4ecg.training.options, dt4ecg.training.recipes; "
        "sys.exit('dt4ecg.training.trainer' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
