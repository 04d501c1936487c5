"""Experiment batches that survive: cells, a store, engines, and a frame of what came out."""
