"""One file a subcommand; `build(language)` returns it. No logic of its own, lazy imports."""
