"""The recipes on people and electrodes that they have never seen, over all folds."""
