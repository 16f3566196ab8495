"""Names of the tables and figures, in a module that loads without heavy imports."""

TABLE_NAMES = ("I", "II", "III", "IV", "recipes")
FIGURE_NAMES = ("6", "7")
