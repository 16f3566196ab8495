"""The report of a run: numbers by hand, escaped texts, and outputs that belong together."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from dt4ecg import DT4ECGClassifier, datasets, metrics, protocols, runs, weighting
from dt4ecg.runs.reporting import references
from dt4ecg.runs.reporting.latex import escaped
from dt4ecg.runs.reporting.methods import methods
from dt4ecg.runs.results import to_json

HOSTILE = "<script>alert(1)</script> \\input{x} & 5% $x$ **b** [l](u) | \x1b[31m"


class Fixed(DT4ECGClassifier):
    """A classifier that predicts given probabilities for the test part."""

    def predict_proba(self, X):
        return self.answers


@pytest.fixture(scope="module")
def data():
    recordings = datasets.simulate_cohort(
        subjects=3, activities=("rest", "exercise"), seconds=12, sampling_rate=250, seed=0
    )
    return datasets.from_recordings(recordings, name=HOSTILE, simulated=True)


@pytest.fixture(scope="module")
def split(data):
    return protocols.split(data, "blocked")


@pytest.fixture(scope="module")
def fitted(data, split):
    classifier = Fixed(epochs=2, weighting="chen2018", preprocessor=data.preprocessor, n_threads=1)
    return classifier.fit(data.X[split.train], data.labels[split.train])


def answered(fitted, data, split, wrong=(), confidence=0.9):
    """Let the classifier be right in every test segment but some."""
    fitted.answers = []
    for column, task in enumerate(data.tasks):
        n = len(data.classes[task])
        truth = data.y[split.test, column]
        predicted = truth.copy()
        predicted[list(wrong)] = (truth[list(wrong)] + 1) % n
        proba = np.full((len(truth), n), (1 - confidence) / (n - 1))
        proba[np.arange(len(truth)), predicted] = confidence
        fitted.answers.append(proba)
    return fitted


def test_scores_by_hand(fitted, data, split):
    found = runs.report(answered(fitted, data, split, wrong=[0, 1]), data, split)
    n = len(split.test)
    right = np.ones(n, bool)
    right[:2] = False
    people = data.meta["subject"][split.test]
    for task, classes in (("identity", 3), ("activity", 2)):
        scores = found.scores[task]
        assert (scores.scores.correct, scores.scores.n) == (n - 2, n)
        assert scores.scores.interval == metrics.wilson_interval(n - 2, n)
        assert scores.interval == metrics.bootstrap_interval(right, people)
        assert (scores.unit, scores.n_units) == ("people", 3)
        assert scores.chance == pytest.approx(1 / classes)
    row = found.to_frame().loc["identity"]
    assert row["accuracy"] == (n - 2) / n
    assert (row["bootstrap_low"], row["bootstrap_high"]) == found.scores["identity"].interval


def test_without_an_error_the_interval_is_that_of_the_number_of_people(fitted, data, split):
    found = runs.report(answered(fitted, data, split), data, split)
    assert found.scores["identity"].interval == metrics.wilson_interval(3, 3)
    assert not any(found.errors.values())
    assert "0 wrong predictions" in found.to_markdown()


def test_equal_rates_have_the_interval_of_the_number_of_people(fitted, data, split):
    people = data.meta["subject"][split.test]
    wrong = [np.flatnonzero(people == name)[0] for name in np.unique(people)]
    n_each = len(people) // 3
    assert (np.unique(people, return_counts=True)[1] == n_each).all()
    found = runs.report(answered(fitted, data, split, wrong=wrong), data, split)
    low, high = found.scores["identity"].interval
    # Wilson's bounds are the rates that differ from the observed one by z standard errors.
    rate = 1 - 1 / n_each
    for bound in (low, high):
        assert abs(bound - rate) == pytest.approx(1.959964 * np.sqrt(bound * (1 - bound) / 3))
    assert low < rate < high


def test_recordings_are_drawn_where_people_are_unknown(fitted, data, split):
    unnamed = replace(data, meta=data.meta | {"subject": np.full(len(data), "")})
    found = runs.report(answered(fitted, unnamed, split, wrong=[0]), unnamed, split)
    scores = found.scores["activity"]
    assert (scores.unit, scores.n_units) == ("recordings", len(np.unique(data.groups[split.test])))


def test_one_person_has_no_bootstrap_interval(fitted, data, split):
    one = replace(data, meta=data.meta | {"subject": np.full(len(data), "Ann")})
    found = runs.report(answered(fitted, one, split, wrong=[0]), one, split)
    assert found.scores["activity"].interval is None
    assert "none for 1 person" in found.to_markdown()
    assert found.to_frame()["bootstrap_low"].isna().all()


def test_errors_are_sorted_by_confidence(fitted, data, split):
    answered(fitted, data, split, wrong=[0, 2, 4])
    proba = fitted.answers[0]
    for row, p in ((0, 0.7), (2, 0.95), (4, 0.8)):
        best = proba[row].argmax()
        proba[row] = (1 - p) / 2
        proba[row, best] = p
    found = runs.report(fitted, data, split, errors=2).errors["identity"]
    assert [error.segment for error in found] == split.test[[2, 4]].tolist()
    assert [error.confidence for error in found] == pytest.approx([0.95, 0.8])
    assert found[0].true == data.labels[split.test[2], 0]
    assert found[0].start == data.meta["start"][split.test[2]]
    assert found[0].recording == data.meta["recording"][split.test[2]]


def test_labels_that_were_never_trained_are_not_scored(data, split):
    kept = split.train[data.labels[split.train, 0] != "S03"]
    classifier = DT4ECGClassifier(epochs=1, n_threads=1).fit(data.X[kept], data.labels[kept])
    found = runs.report(classifier, data, split)
    stranger = int((data.labels[split.test, 0] == "S03").sum())
    assert found.scores["identity"].untrained == stranger
    assert found.scores["identity"].scores.n == len(split.test) - stranger
    assert f"{stranger} test segments with a label that was never trained" in found.to_markdown()


def test_a_model_of_indices_is_reported_with_names(data, split):
    classifier = DT4ECGClassifier(epochs=1, n_threads=1).fit(
        data.X[split.train], data.y[split.train]
    )
    found = runs.report(classifier, data, split)
    expected = classifier.predict(data.X[split.test])[:, 0]
    assert found.scores["identity"].scores.correct == (expected == data.y[split.test, 0]).sum()
    assert {e.true for e in found.errors["identity"]} <= set(data.classes["identity"])


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.sources = [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.sources += [value for name, value in attributes if name in ("src", "href")]


def test_html_is_self_contained_and_hostile_names_have_no_effect(fitted, data, split):
    text = runs.report(answered(fitted, data, split, wrong=[0]), data, split).to_html()
    page = Page()
    page.feed(text)
    assert "script" not in page.tags
    assert page.sources
    assert all(source.startswith("data:image/png;base64,") for source in page.sources)
    assert "&lt;script&gt;" in text
    assert "\x1b" not in text
    assert "<strong>b</strong>" not in text


def test_markdown_refers_to_the_saved_pictures(fitted, data, split, tmp_path):
    found = runs.report(answered(fitted, data, split, wrong=[0]), data, split)
    files = {file.name for file in found.save(tmp_path)}
    assert files == {file.name for file in tmp_path.iterdir()}
    text = (tmp_path / "report.md").read_text()
    linked = set(re.findall(r"\]\(([\w-]+\.png)\)", text))
    assert linked == {name for name in files if name.endswith(".png")}
    assert len(linked) == 5
    assert "<script>" not in text.replace(r"\<script>", "")
    assert (tmp_path / "report.tex").read_text() == found.to_latex()
    with pytest.raises(NotADirectoryError, match="make it first"):
        found.save(tmp_path / "missing")


def test_latex_cites_what_its_bibliography_has(fitted, data, split):
    text = runs.report(answered(fitted, data, split, wrong=[0]), data, split).to_latex()
    cited = set(re.findall(r"\\cite\{(\w+)\}", text))
    assert cited == set(re.findall(r"\\bibitem\{(\w+)\}", text))
    assert {"chen2018", "wilson", "bootstrap", "adam", "dt4ecg"} <= cited
    assert r"\input{" not in text
    plain = re.sub(r"\\[\\{}]", "", text)
    assert plain.count("{") == plain.count("}")
    assert len(re.findall(r"^(?:identity|activity) & .* \\\\$", text, re.M)) == 2


def test_escaped_texts_have_no_command():
    assert escaped(r"a_b^c~{d}#%&$<>") == (
        r"a\_b\textasciicircum{}c\textasciitilde{}\{d\}\#\%\&\$\textless{}\textgreater{}"
    )


def test_the_dictionary_is_strict_json(fitted, data, split):
    found = runs.report(answered(fitted, data, split, wrong=[0]), data, split).to_dict()
    read = json.loads(to_json(found))
    assert read["scores"]["identity"]["n"] == len(split.test)
    assert read["scores"]["identity"]["bootstrap_unit"] == "people"
    assert read["leaks"]["subjects"] == [3, 3]
    assert read["simulated"] is True
    assert len(read["references"]) == 6


@pytest.mark.parametrize("name", weighting.names())
def test_the_methods_name_the_source_of_each_weighting(fitted, data, split, name):
    leaks = protocols.leak_report(data, split)
    fitted.set_params(weighting=name)
    found = methods(fitted, data, split, leaks, {})
    fitted.set_params(weighting="chen2018")
    assert list(found.works) == references.cited(found.marked)
    if name == "none":
        assert "sum of the tasks' cross-entropies" in found.text
    else:
        source = next(s for s in found.text.split(". ") if f"weighted by {name}" in s)
        assert re.search(r"\[\d\]$", source)


def test_the_methods_state_what_was_done(fitted, data, split):
    found = runs.report(answered(fitted, data, split, wrong=[0]), data, split).methods.text
    for part in (
        "a notch at 60 Hz and a Butterworth high-pass of order 4 at 0.5 Hz [1]",
        "resampled to 100 Hz and cut into segments of 3 s without overlap",
        f"{len(split.train)} training segments and {len(split.test)} test segments (seed 0)",
        "3 of 3 tested people and 6 of 6 tested recordings had training segments too",
        "for 2 epochs with Adam [3], a constant learning rate of 0.001",
        "draws whole people (3)",
    ):
        assert part in found


def test_a_leaking_split_is_marked(fitted, data):
    split = protocols.split(data, "random")
    text = runs.report(answered(fitted, data, split, wrong=[0]), data, split).to_markdown()
    assert "**The split leaks.**" in text
    assert "**All signals are simulated" in text


def test_illegal_arguments(fitted, data, split):
    with pytest.raises(ValueError, match="set has 2"):
        runs.report(fitted, data[:2], split)
    with pytest.raises(ValueError, match="errors"):
        runs.report(fitted, data, split, errors=-1)
    other = replace(data, classes={"age": ["1"], "mood": ["2"]}, y=np.zeros_like(data.y))
    with pytest.raises(ValueError, match="no task in common"):
        runs.report(fitted, other, split)
