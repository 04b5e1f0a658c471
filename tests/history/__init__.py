"""Git histories as a source: reading, cloning, learning, backtesting; every repository is made at test time."""
