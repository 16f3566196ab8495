"""The numbers of the paper, and the cells that are computed to check them."""
