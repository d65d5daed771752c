"""Texts, themes, presets and templates; read through importlib.resources, holds no code."""
