"""Vector bin packing: items of several needs into as few equal bins as possible."""
