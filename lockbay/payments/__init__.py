"""Payment providers, one file each, and the rates. None of them decides about money: sql/ does."""
