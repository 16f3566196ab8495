"""The word check reports listed phrases with their place, and leaves plain English alone."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "style" / "check_words.py"


@pytest.fixture(scope="module")
def check():
    spec = importlib.util.spec_from_file_location("check_words", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def rules(check, tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("# A comment.\nbanana -> fruit\nred banana -> fruit\nallow banana split\n")
    return check.read_rules(words)


def found(findings):
    return [(finding.line, finding.phrase, finding.hint) for finding in findings]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.md", "One.\nA Banana, please.\n", [(2, "Banana")]),
        ("a.md", "One red\n> banana.\n", [(1, "red banana")]),
        ("a.py", "# A red\n# banana.\nbanana_of = 1\n", [(1, "red banana"), (3, "banana")]),
        ("a.md", "Bananas and a banana split.\n", []),
        ("a.md", "An apple.\n", []),
    ],
)
def test_listed_phrases_are_found_as_whole_words(check, rules, name, text, expected):
    findings = check.check_text(Path(name), text, rules)
    assert found(findings) == [(line, phrase, "fruit") for line, phrase in expected]


def test_only_the_sources_of_a_notebook_are_checked(check, rules):
    text = (
        '{\n "cells": [\n  {\n   "outputs": ["banana"],\n   "source": [\n    "An apple.\\n",\n'
        '    "A banana."\n   ]\n  }\n ]\n}\n'
    )
    findings = check.check_text(Path("a.ipynb"), text, rules)
    assert found(findings) == [(7, "banana", "fruit")]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('"""Of the apple."""\n', [1]),
        ("x = 1\n// What an apple is.\n", [2]),
        ("# The reason is\n# What the apple says.\n", []),
        ('"""What is an apple?"""\n', []),
        ('"""Return the apple."""\n', []),
    ],
)
def test_comments_that_open_with_a_fragment_are_found(check, rules, text, lines):
    assert [each.line for each in check.check_text(Path("a.py"), text, rules)] == lines


@pytest.mark.parametrize(
    ("name", "limit"), [("python/a.py", 450), ("cpp/a.hpp", 450), ("tests/python/a.py", 500)]
)
def test_a_long_file_is_found(check, name, limit):
    assert not list(check.too_large(Path(name), "x\n" * limit))
    assert found(check.too_large(Path(name), "x\n" * (limit + 1))) == [
        (limit + 1, f"{limit + 1} lines", f"split it: at most {limit}")
    ]


def test_the_readme_has_a_limit_in_bytes(check):
    assert not list(check.too_large(Path("README.md"), "x" * 10_240))
    assert list(check.too_large(Path("README.md"), "x" * 10_239 + "é"))
    assert not list(check.too_large(Path("docs/README.md"), "x" * 10_241))


def test_long_sentences_outside_code_are_noted(check):
    text = "Short.\n\n" + "word " * 41 + "end. Short.\n\n```\n" + "word " * 50 + "\n```\n"
    assert [(each.line, each.phrase) for each in check.long_sentences(Path("a.md"), text)] == [
        (3, "sentence of 42 words")
    ]


def test_units_at_the_package_root_are_counted(check):
    files = [Path(f"python/dt4ecg/m{k}.py") for k in range(21)]
    files += [Path("python/dt4ecg/py.typed"), Path("python/dt4ecg/a/b.py"), Path("README.md")]
    assert not list(check.crowded_root(files))
    assert list(check.crowded_root([*files, Path("python/dt4ecg/z/c.py")]))


def test_the_list_in_use_rejects_its_phrases_and_allows_its_exceptions(check):
    rules = check.read_rules()
    for phrase in rules.hints:
        assert found(check.check_text(Path("a.md"), f"A {phrase} b", rules)), phrase
    assert not found(check.check_text(Path("a.md"), "This is no longer so.", rules))


def test_a_finding_is_printed_with_file_line_and_hint(check, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(check, "ROOT", tmp_path)
    phrase, hint = next(iter(check.read_rules().hints.items()))
    (tmp_path / "bad.md").write_text(f"Good.\nA {phrase}.\n")
    (tmp_path / "good.md").write_text("Good.\n")
    monkeypatch.setattr(check, "WORDS", tmp_path / "words.txt")
    (tmp_path / "words.txt").write_text(f"{phrase} -> {hint}\n")
    rules = check.read_rules(tmp_path / "words.txt")
    monkeypatch.setattr(check, "read_rules", lambda: rules)
    assert check.main(["--list", str(tmp_path / "good.md")]) == 0
    assert check.main(["--list", str(tmp_path / "bad.md")]) == 1
    assert f"bad.md:2: {phrase} -> {hint}\n" in capsys.readouterr().out
