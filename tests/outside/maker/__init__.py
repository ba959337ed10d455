"""Makes the many vectors of the draw; `__main__.py` says how."""
