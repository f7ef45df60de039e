"""The parts that can be swapped: chat models and embedders."""
