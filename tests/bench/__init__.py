"""How fast the portal is, measured against a bare view in the same run: `make bench` writes docs/bench.json and docs/bench.md."""
