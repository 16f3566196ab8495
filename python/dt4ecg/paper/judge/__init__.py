"""Evidence, and the rule that turns it into a verdict on each claim."""
